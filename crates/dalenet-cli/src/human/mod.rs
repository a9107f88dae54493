//! A person plays Craftax in the terminal.

mod glyph;
mod keys;
mod panel;
mod screen;
mod session;

use crate::{
    failure::Failure,
    terminal::{
        interruption::Interruption,
        say::{self, Ended},
    },
};
use crossterm::event;
use screen::Screen;
use serde_json::json;
use session::{Session, Then};
use std::{
    io::{self, IsTerminal},
    process,
    sync::atomic::Ordering,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How often the program checks whether it is to end.
const TICK: Duration = Duration::from_millis(100);
/// Duration of a step in which the player sleeps or rests.
const NAP: Duration = Duration::from_millis(30);

/// Plays games until the player leaves.
///
/// # Errors
/// If the task is no game, or there is no terminal to play in.
pub fn play(task: &str, seed: Option<u64>, json: bool) -> Result<Ended, Failure> {
    let mut session = Session::new(task, seed.unwrap_or_else(now))?;
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        let message = "`dalenet play --human` needs a terminal to play in; call it there, with \
                       neither its input nor its output redirected";
        return Err(Failure::Usage(message.into()));
    }
    let interruption = Interruption::handled();
    leave_a_lost_terminal(interruption.clone());
    let mut screen = Screen::open().map_err(unusable)?;
    let interrupted = run(&mut session, &mut screen, &interruption).map_err(unusable)?;
    drop(screen);
    session.keep_score();
    session.scores.iter().for_each(|score| say::line(&score.sentence));
    say::object(
        json,
        || json!({ "games": session.scores.iter().map(|score| &score.numbers).collect::<Vec<_>>() }),
    );
    Ok(if interrupted { Ended::Interrupted } else { Ended::Done })
}

/// Whether a signal or Ctrl-C ended it.
fn run(
    session: &mut Session,
    screen: &mut Screen,
    interruption: &Interruption,
) -> io::Result<bool> {
    let mut changed = true;
    while !interruption.flag().load(Ordering::Relaxed) {
        if changed {
            screen.show(session)?;
        }
        let naps = session.naps();
        changed = event::poll(if naps { NAP } else { TICK })?;
        if changed {
            match session.handle(&event::read()?) {
                Then::Nothing => {}
                Then::Leave => return Ok(false),
                Then::Interrupt => return Ok(true),
            }
        } else if naps {
            session.act(keys::NOTHING);
            changed = true;
        }
    }
    Ok(true)
}

/// Ends the program a moment after a signal if the game has not ended by then: when the terminal is
/// gone, reading keys from it never returns.
fn leave_a_lost_terminal(interruption: Interruption) {
    thread::spawn(move || {
        while !interruption.flag().load(Ordering::Relaxed) {
            thread::sleep(TICK);
        }
        thread::sleep(10 * TICK);
        process::exit(say::INTERRUPTED.into());
    });
}

/// Seconds since 1970: a seed that is another one each time.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

fn unusable(cause: io::Error) -> Failure {
    Failure::Usage(format!("the terminal cannot be used: {cause}; play in another one"))
}
