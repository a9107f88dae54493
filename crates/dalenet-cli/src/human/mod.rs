//! A person plays Craftax in the terminal.

mod glyph;
mod keys;
mod panel;
mod screen;

use crate::{commands, say};
use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use dalenet_craftax::render::Game;
use dalenet_lab::{Error, new_game, play::craftax::words_of};
use screen::Screen;
use serde_json::{Value, json};
use std::{
    io::{self, IsTerminal},
    mem,
    process::{self, ExitCode},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How often the program looks whether it is to end.
const TICK: Duration = Duration::from_millis(100);
/// How long a step takes in which the player sleeps or rests.
const NAP: Duration = Duration::from_millis(30);

/// A game that is being played.
pub struct Session {
    task: String,
    seed: u64,
    game: Box<dyn Game>,
    /// The reward of the last step, and the sum of all.
    reward: f32,
    ret: f32,
    /// What the last step unlocked.
    news: Vec<String>,
    asks: Option<Question>,
    /// Whether the keys are shown in the place of the numbers.
    help: bool,
    /// Of the games before.
    scores: Vec<Score>,
}

/// How a game went.
struct Score {
    sentence: String,
    numbers: Value,
}

/// What the player is asked.
#[derive(Clone, Copy, PartialEq)]
enum Question {
    /// The game is over: another one?
    Again,
    /// Whether to leave in the midst of a game.
    Leave,
}

/// What a key does to the program.
enum Then {
    Nothing,
    Leave,
    Interrupt,
}

/// Plays games until the player leaves.
///
/// # Errors
/// If the task is no game, or there is no terminal to play in.
pub fn play(task: &str, seed: Option<u64>, json: bool) -> Result<ExitCode, Error> {
    let mut session = Session::new(task, seed.unwrap_or_else(now))?;
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        let message = "`dalenet play --human` needs a terminal to play in; call it there, with \
                       neither its input nor its output redirected";
        return Err(Error::Config(message.into()));
    }
    let stop = commands::interruption();
    leave_a_lost_terminal(stop.clone());
    let mut screen = Screen::open().map_err(unusable)?;
    let interrupted = session.run(&mut screen, &stop).map_err(unusable)?;
    drop(screen);
    session.keep_score();
    session.scores.iter().for_each(|score| say::line(&score.sentence));
    say::object(
        json,
        || json!({ "games": session.scores.iter().map(|score| &score.numbers).collect::<Vec<_>>() }),
    );
    Ok(if interrupted { ExitCode::from(commands::INTERRUPTED) } else { ExitCode::SUCCESS })
}

/// Ends the program a moment after a signal if the game has not ended by then: when the terminal is
/// gone, reading keys from it never returns.
fn leave_a_lost_terminal(stop: Arc<AtomicBool>) {
    thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            thread::sleep(TICK);
        }
        thread::sleep(10 * TICK);
        process::exit(commands::INTERRUPTED.into());
    });
}

/// Seconds since 1970: a start that is another one each time.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

fn unusable(cause: io::Error) -> Error {
    Error::Config(format!("the terminal cannot be used: {cause}; play in another one"))
}

impl Session {
    fn new(task: &str, seed: u64) -> Result<Self, Error> {
        Ok(Self {
            task: task.into(),
            seed,
            game: new_game(task, seed)?,
            reward: 0.0,
            ret: 0.0,
            news: Vec::new(),
            asks: None,
            help: false,
            scores: Vec::new(),
        })
    }

    /// Whether a signal or Ctrl-C ended it.
    fn run(&mut self, screen: &mut Screen, stop: &AtomicBool) -> io::Result<bool> {
        let mut changed = true;
        while !stop.load(Ordering::Relaxed) {
            if changed {
                screen.show(self)?;
            }
            let naps = self.game.is_idle() && self.asks.is_none();
            changed = event::poll(if naps { NAP } else { TICK })?;
            if changed {
                match self.heed(&event::read()?) {
                    Then::Nothing => {}
                    Then::Leave => return Ok(false),
                    Then::Interrupt => return Ok(true),
                }
            } else if naps {
                self.act(keys::NOTHING);
                changed = true;
            }
        }
        Ok(true)
    }

    fn heed(&mut self, event: &Event) -> Then {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = *event else {
            return Then::Nothing;
        };
        if kind == KeyEventKind::Release {
            return Then::Nothing;
        }
        if code == KeyCode::Char('c') && modifiers.contains(KeyModifiers::CONTROL) {
            return Then::Interrupt;
        }
        match (self.asks, code) {
            (Some(Question::Again), KeyCode::Enter) => self.again(),
            (Some(Question::Again), KeyCode::Esc) => return Then::Leave,
            (Some(Question::Again), _) => {}
            (Some(Question::Leave), KeyCode::Enter) => return Then::Leave,
            (Some(Question::Leave), _) => self.asks = None,
            (None, KeyCode::Esc) => self.asks = Some(Question::Leave),
            (None, KeyCode::Char('?')) => self.help = !self.help,
            (None, code) if modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                if let Some(action) = keys::action(self.game.style(), code) {
                    self.act(action);
                }
            }
            (None, _) => {}
        }
        Then::Nothing
    }

    /// The game of the next seed.
    fn again(&mut self) {
        if let Ok(next) = Self::new(&self.task, self.seed.wrapping_add(1)) {
            self.keep_score();
            *self = Self { scores: mem::take(&mut self.scores), ..next };
        }
    }

    fn act(&mut self, action: usize) {
        let before = self.game.unlocked().to_vec();
        let outcome = self.game.act(action);
        self.reward = outcome.reward;
        self.ret += outcome.reward;
        let now = self.game.achievements().iter().zip(self.game.unlocked()).zip(before);
        let new = now.filter(|((_, is), was)| **is && !was).map(|((name, _), _)| words_of(name));
        self.news = new.collect();
        if outcome.over {
            self.asks = Some(Question::Again);
        }
    }

    /// The names of the achievements that are unlocked.
    fn unlocked(&self) -> impl Iterator<Item = String> {
        let all = self.game.achievements().iter().zip(self.game.unlocked());
        all.filter(|(_, unlocked)| **unlocked).map(|(name, _)| words_of(name))
    }

    /// A game in which nothing was done counts only if it is the only one.
    fn keep_score(&mut self) {
        let (steps, unlocked) = (self.game.time(), self.unlocked().collect::<Vec<_>>());
        if steps == 0 && !self.scores.is_empty() {
            return;
        }
        let sentence = format!(
            "{}, seed {}: return {:.1} in {}, {} of {} achievements",
            self.task,
            self.seed,
            self.ret,
            commands::counted(steps, "step"),
            unlocked.len(),
            self.game.achievements().len(),
        );
        let numbers = json!({
            "task": self.task,
            "seed": self.seed,
            "steps": steps,
            "return": self.ret,
            "achievements": unlocked,
        });
        self.scores.push(Score { sentence, numbers });
    }
}
