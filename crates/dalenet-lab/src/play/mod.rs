//! An episode to look at: recorded from an environment, shown by one page that needs no other file.
//!
//! ```
//! use dalenet_envs::{Actions, Options, make};
//! use dalenet_lab::play::{Recording, page};
//!
//! let mut env = make("ant", 1, &Options::default())?;
//! env.reset(0);
//! let mut recording = Recording::of(env.as_ref(), "Ant");
//! recording.subtitle.push("sinusoidal actions".into());
//! for step in 0..20 {
//!     let actions: Vec<_> = (0..8).map(|i| (0.3 * step as f32 + i as f32).sin()).collect();
//!     let batch = env.step(Actions::Continuous(&actions))?;
//!     let (reward, over) = (batch.rewards[0], batch.terminated[0] || batch.truncated[0]);
//!     if over {
//!         break; // the environment is already in its next episode
//!     }
//!     recording.push(env.as_ref(), 0, reward);
//! }
//! assert!(page(&recording).starts_with("<!DOCTYPE html>"));
//! # Ok::<(), dalenet_envs::Error>(())
//! ```

mod page;

pub use page::page;

use dalenet_envs::{
    VectorEnv,
    brax::{Pose, Shape},
};

/// What a [`page()`] shows: bodies, and where they were in each step of an episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The page's heading.
    pub title: String,
    /// What stands below it: the rule, the seed, the backend.
    pub subtitle: Vec<String>,
    /// Seconds from a frame to the next.
    pub dt: f64,
    /// What is drawn.
    pub shapes: Vec<Shape>,
    /// The first is before any action.
    pub frames: Vec<Frame>,
}

/// A moment of an episode.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Where the links are.
    pub poses: Vec<Pose>,
    /// The reward of the step that led here.
    pub reward: f32,
    /// The sum of all rewards so far.
    pub ret: f32,
}

impl Recording {
    /// Begins with environment 0 of those, which has just been reset.
    pub fn of(env: &dyn VectorEnv, title: impl Into<String>) -> Self {
        let dt = env.step_seconds().unwrap_or(0.02);
        let shapes = env.shapes().to_vec();
        let frames = vec![Frame { poses: env.poses(0), reward: 0.0, ret: 0.0 }];
        Self { title: title.into(), subtitle: Vec::new(), dt, shapes, frames }
    }

    /// Adds where environment `index` is now, after a step of this reward. Not for the step that
    /// ended the episode: the environment is then already at the start of the next one.
    pub fn push(&mut self, env: &dyn VectorEnv, index: usize, reward: f32) {
        let ret = self.frames.last().map_or(0.0, |frame| frame.ret) + reward;
        self.frames.push(Frame { poses: env.poses(index), reward, ret });
    }
}
