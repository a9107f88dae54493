//! A game that a person plays, step by step.

use super::keys;
use crate::terminal::words::counted;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use dalenet_craftax::render::Game;
use dalenet_lab::{Error, new_game, play::craftax::words_of};
use serde_json::{Value, json};
use std::mem;

/// A game that is being played.
pub struct Session {
    pub task: String,
    pub seed: u64,
    pub game: Box<dyn Game>,
    /// The reward of the last step, and the sum of all.
    pub reward: f32,
    pub ret: f32,
    /// What the last step unlocked.
    pub unlocked_now: Vec<String>,
    /// What the player is asked, if anything.
    pub question: Option<Question>,
    /// Whether the keys are shown in the place of the numbers.
    pub help: bool,
    /// Of the games before.
    pub scores: Vec<Score>,
}

/// How a game went.
pub struct Score {
    pub sentence: String,
    pub numbers: Value,
}

/// What the player is asked.
#[derive(Clone, Copy, PartialEq)]
pub enum Question {
    /// The game is over: another one?
    Again,
    /// Whether to leave in the midst of a game.
    Leave,
}

/// What a key does to the program.
pub enum Then {
    Nothing,
    Leave,
    Interrupt,
}

impl Session {
    /// A game of `task` at the start that `seed` gives.
    ///
    /// # Errors
    /// If the task is no game.
    pub fn new(task: &str, seed: u64) -> Result<Self, Error> {
        Ok(Self {
            task: task.into(),
            seed,
            game: new_game(task, seed)?,
            reward: 0.0,
            ret: 0.0,
            unlocked_now: Vec::new(),
            question: None,
            help: false,
            scores: Vec::new(),
        })
    }

    /// Does what a key asks for; says what the program is to do.
    pub fn handle(&mut self, event: &Event) -> Then {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = *event else {
            return Then::Nothing;
        };
        if kind == KeyEventKind::Release {
            return Then::Nothing;
        }
        if code == KeyCode::Char('c') && modifiers.contains(KeyModifiers::CONTROL) {
            return Then::Interrupt;
        }
        match (self.question, code) {
            (Some(Question::Again), KeyCode::Enter) => self.again(),
            (Some(Question::Again), KeyCode::Esc) => return Then::Leave,
            (Some(Question::Again), _) => {}
            (Some(Question::Leave), KeyCode::Enter) => return Then::Leave,
            (Some(Question::Leave), _) => self.question = None,
            (None, KeyCode::Esc) => self.question = Some(Question::Leave),
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

    /// Whether the player sleeps or rests, so that steps pass by themselves.
    pub fn naps(&self) -> bool {
        self.game.is_idle() && self.question.is_none()
    }

    /// Makes a step.
    pub fn act(&mut self, action: usize) {
        let before = self.game.unlocked().to_vec();
        let outcome = self.game.act(action);
        self.reward = outcome.reward;
        self.ret += outcome.reward;
        let now = self.game.achievements().iter().zip(self.game.unlocked()).zip(before);
        let new = now.filter(|((_, is), was)| **is && !was).map(|((name, _), _)| words_of(name));
        self.unlocked_now = new.collect();
        if outcome.over {
            self.question = Some(Question::Again);
        }
    }

    /// The names of the achievements that are unlocked.
    pub fn unlocked(&self) -> impl Iterator<Item = String> {
        let all = self.game.achievements().iter().zip(self.game.unlocked());
        all.filter(|(_, unlocked)| **unlocked).map(|(name, _)| words_of(name))
    }

    /// A game in which nothing was done counts only if it is the only one.
    pub fn keep_score(&mut self) {
        let (steps, unlocked) = (self.game.time(), self.unlocked().collect::<Vec<_>>());
        if steps == 0 && !self.scores.is_empty() {
            return;
        }
        let sentence = format!(
            "{}, seed {}: return {:.1} in {}, {} of {} achievements",
            self.task,
            self.seed,
            self.ret,
            counted(steps, "step"),
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
