//! What stands beside the map: numbers, things, achievements, questions, or the keys.

use super::{
    keys,
    session::{Question, Session},
};
use dalenet_craftax::render::{Count, Game};

/// A line of text.
pub struct Line {
    pub text: String,
    pub bold: bool,
}

/// The first lines, which are kept where there is not room for all.
const HEAD: usize = 3;

/// What to say in `rows` lines of `cols` characters.
pub fn lines(session: &Session, cols: usize, rows: usize) -> Vec<Line> {
    let mut panel = Panel { cols, lines: Vec::new() };
    if session.help {
        panel.keys(session);
        panel.lines.truncate(rows);
        return panel.lines;
    }
    panel.head(session);
    panel.counts(&session.game.needs());
    let mut carried = session.game.inventory();
    carried.retain(|thing| thing.count > 0);
    panel.counts(&carried);
    panel.achievements(session);
    panel.question(session);
    // In a low window the last lines count most.
    let over = panel.lines.len().saturating_sub(rows);
    if over > 0 {
        panel.lines.drain(HEAD..HEAD + over);
    }
    panel.lines
}

struct Panel {
    cols: usize,
    lines: Vec<Line>,
}

impl Panel {
    fn say(&mut self, text: &str, bold: bool) {
        let wrapped = wrapped(text, self.cols).into_iter();
        self.lines.extend(wrapped.map(|text| Line { text, bold }));
    }

    /// Entries side by side, as many as fit.
    fn table(&mut self, entries: &[String]) {
        let widest = entries.iter().map(|entry| entry.chars().count()).max().unwrap_or(0) + 1;
        for row in entries.chunks((self.cols / widest).max(1)) {
            let row: String = row.iter().map(|entry| format!("{entry:widest$}")).collect();
            self.say(row.trim_end(), false);
        }
    }

    fn keys(&mut self, session: &Session) {
        self.say("Keys (? hides them; arrows move)", true);
        let bindings = keys::help(session.game.style());
        self.table(&bindings.map(|(key, does)| format!("{key} {does}")).collect::<Vec<_>>());
    }

    fn head(&mut self, session: &Session) {
        let game = session.game.as_ref();
        self.say(&format!("{}, seed {}", session.task, session.seed), true);
        let floor = game.floors().get(game.level()).copied().unwrap_or_default();
        let night = if game.daylight() < 0.4 { ", night" } else { "" };
        self.say(&format!("step {}, {floor}{night}{}", game.time(), nap(game)), false);
        self.say(&format!("reward {:+.1}, return {:.1}", session.reward, session.ret), false);
    }

    fn counts(&mut self, counts: &[Count]) {
        self.say("", false);
        let entries = counts.iter().map(|count| format!("{:>2} {}", count.count, count.name));
        self.table(&entries.collect::<Vec<_>>());
    }

    fn achievements(&mut self, session: &Session) {
        let (unlocked, all) = (session.unlocked().count(), session.game.achievements().len());
        self.say("", false);
        self.say(&format!("{unlocked} of {all} achievements"), true);
        session.unlocked_now.iter().for_each(|name| self.say(&format!("new: {name}!"), true));
    }

    fn question(&mut self, session: &Session) {
        match session.question {
            Some(Question::Again) => {
                let end = if session.game.is_dead() { "You died." } else { "The game is over." };
                self.say(end, true);
                self.say("Enter plays again, Esc leaves.", true);
            }
            Some(Question::Leave) => {
                self.say("Leave the game? Enter leaves, any other key continues.", true);
            }
            None => self.say("? keys  Esc leaves", false),
        }
    }
}

fn nap(game: &dyn Game) -> &'static str {
    match (game.is_sleeping(), game.is_idle()) {
        (true, _) => ", asleep",
        (false, true) => ", resting",
        (false, false) => "",
    }
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
