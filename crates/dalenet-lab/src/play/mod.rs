//! What was learnt, shown by one page that needs no other file.
//!
//! [`brax`] records bodies, [`craftax`] games, step by step; their pages have the controls in
//! common. [`samples`] shows what a classifier makes of samples.

pub mod brax;
pub mod craftax;
mod page;
pub mod samples;

/// The heading of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caption {
    /// Its first line.
    pub title: String,
    /// The lines below it: the rule, the seed, the backend.
    pub subtitle: Vec<String>,
}

/// The reward of a step and the return so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepReward {
    /// The reward of the step.
    pub reward: f32,
    /// The sum of all rewards so far.
    pub ret: f32,
}

impl StepReward {
    /// After another step.
    fn then(self, reward: f32) -> Self {
        Self { reward, ret: self.ret + reward }
    }
}
