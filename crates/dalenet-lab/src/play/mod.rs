//! Episodes to look at: recorded from an environment, each shown by one page that needs no other
//! file.
//!
//! [`brax`] records bodies, [`craftax`] games. Their pages have the frame and the controls in
//! common.

pub mod brax;
pub mod craftax;
mod page;

/// What stands at the top of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caption {
    /// The heading.
    pub title: String,
    /// What stands below it: the rule, the seed, the backend.
    pub subtitle: Vec<String>,
}

/// What a step was worth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worth {
    /// The reward of the step.
    pub reward: f32,
    /// The sum of all rewards so far.
    pub ret: f32,
}

impl Worth {
    /// After another step.
    fn then(self, reward: f32) -> Self {
        Self { reward, ret: self.ret + reward }
    }
}
