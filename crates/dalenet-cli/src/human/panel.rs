//! What stands beside the map: numbers, things, achievements, keys.

use super::{Question, Session, keys};
use dalenet_craftax::render::Count;

/// A line of text.
pub struct Line {
    pub text: String,
    pub bold: bool,
}

/// What to say in `rows` lines of `cols` characters.
pub fn lines(session: &Session, cols: usize, rows: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut say = |text: &str, bold| {
        let wrapped = wrapped(text, cols);
        lines.extend(wrapped.into_iter().map(|text| Line { text, bold }));
    };
    let game = session.game.as_ref();
    if session.help {
        let bindings = keys::help(game.style());
        let entries: Vec<_> = bindings.map(|(key, does)| format!("{key:>2} {does}")).collect();
        say("Keys (? hides them; arrows move)", true);
        table(&entries, cols).iter().for_each(|row| say(row, false));
        lines.truncate(rows);
        return lines;
    }
    say(&format!("{}, seed {}", session.task, session.seed), true);
    let floor = game.floors().get(game.level()).copied().unwrap_or_default();
    let hour = if game.daylight() < 0.4 { ", night" } else { "" };
    let nap = match (game.is_sleeping(), game.is_idle()) {
        (true, _) => ", asleep",
        (false, true) => ", resting",
        _ => "",
    };
    say(&format!("step {}, {floor}{hour}{nap}", game.time()), false);
    say(&format!("reward {:+.1}, return {:.1}", session.reward, session.ret), false);
    say("", false);
    table(&game.needs().iter().map(entry).collect::<Vec<_>>(), cols)
        .iter()
        .for_each(|row| say(row, false));
    say("", false);
    let inventory = game.inventory();
    let carried = inventory.iter().filter(|thing| thing.count > 0).map(entry).collect::<Vec<_>>();
    table(&carried, cols).iter().for_each(|row| say(row, false));
    say("", false);
    let (unlocked, all) = (session.unlocked().count(), game.achievements().len());
    say(&format!("{unlocked} of {all} achievements"), true);
    session.news.iter().for_each(|name| say(&format!("new: {name}!"), true));
    match session.asks {
        Some(Question::Again) if game.is_dead() => say("You died.", true),
        Some(Question::Again) => say("The game is over.", true),
        Some(Question::Leave) => say("Leave the game? Enter leaves, any other key goes on.", true),
        None => say("? keys  Esc leaves", false),
    }
    if session.asks == Some(Question::Again) {
        say("Enter plays again, Esc leaves.", true);
    }
    // In a low window the last lines count most.
    let over = lines.len().saturating_sub(rows);
    if over > 0 {
        lines.drain(3..3 + over);
    }
    lines
}

fn entry(count: &Count) -> String {
    format!("{:>2} {}", count.count, count.name)
}

/// Entries side by side, as many as fit.
fn table(entries: &[String], cols: usize) -> Vec<String> {
    let widest = entries.iter().map(|entry| entry.chars().count()).max().unwrap_or(0) + 1;
    let across = (cols / widest).max(1);
    let row = |row: &[String]| row.iter().map(|entry| format!("{entry:widest$}")).collect();
    entries.chunks(across).map(row).collect::<Vec<String>>()
}

/// The text in lines of at most `cols` characters.
pub fn wrapped(text: &str, cols: usize) -> Vec<String> {
    if text.chars().count() <= cols {
        return vec![text.into()];
    }
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let length = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(line) if length == 0 => line.push_str(word),
            Some(line) if length + 1 + word.chars().count() <= cols => *line += &format!(" {word}"),
            _ => lines.push(word.into()),
        }
    }
    lines.iter().map(|line| line.chars().take(cols).collect()).collect()
}
