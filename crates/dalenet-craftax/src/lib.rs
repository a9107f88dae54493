//! Craftax-Classic and Craftax natively: a key gives the same world and the same episode as in
//! [craftax](https://github.com/MichaelTMatthews/Craftax) 1.6.1 under JAX.
//!
//! [`classic`] is `Craftax-Classic-Symbolic-v1`, [`full`] is `Craftax-Symbolic-v1`. Each has a
//! `State` that is public down to every block and creature, begins at a [`Key`] and moves by
//! `step(key, action)`. [`render`] has the pictures.
//!
//! ```
//! use dalenet_craftax::{Key, classic::{Action, State}};
//!
//! let mut key = Key::new(7); // jax.random.PRNGKey(7)
//! let mut state = State::new(key.draw());
//! let mut observation = [0.0; dalenet_craftax::classic::OBSERVATION];
//! for _ in 0..10 {
//!     let outcome = state.step(key.draw(), Action::Left);
//!     state.observe_dense(&mut observation);
//!     assert!(!outcome.over && outcome.reward.abs() < 3.0);
//! }
//! state.observe(|place, value| assert_eq!(observation[place], value)); // those that are not 0
//! ```
//!
//! Worlds depend on the last bit of sines and cosines. They are those of craftax where Rust's
//! standard library takes them from glibc, as on Linux; elsewhere about one world in a thousand
//! differs by a block.

#![forbid(unsafe_code)]

pub mod classic;
mod environment;
mod fields;
pub mod full;
mod grid;
mod noise;
pub mod render;
mod threefry;

pub use environment::Environment;
pub use grid::{Grid, Position};
pub use threefry::Key;

/// Result of a step besides the new state.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Reward of the achievements unlocked in this step, plus 0.1 per point of health gained.
    pub reward: f32,
    /// Whether the episode is over, by death or by its length or, in the full game, by victory.
    pub over: bool,
}

/// How bright the day is at a time step, from 0 to 1. Days last 300 steps.
///
/// Source: `calculate_light_level`, as XLA compiles it: `÷ 300` as a product, the last product and
/// the difference rounded once.
pub(crate) fn daylight(time: i32) -> f32 {
    let progress = (time as f32 * (1.0 / 300.0)) % 1.0 + 0.3;
    let cos = (std::f32::consts::PI * progress).cos().abs();
    (-(cos * cos)).mul_add(cos, 1.0)
}

/// An enumeration of the game's codes 0, 1, 2 …, with all of its members in that order.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $member:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // named as in the game
        pub enum $name { $($(#[$doc])* $member),* }

        impl $name {
            /// All of them, in the order of their codes.
            pub const ALL: [Self; [$(Self::$member),*].len()] = [$(Self::$member),*];
            /// Their names, in the order of their codes.
            pub const NAMES: [&str; Self::ALL.len()] = [$(stringify!($member)),*];

            /// The one of a code, if there is such a code.
            pub fn from_code(code: u32) -> Option<Self> {
                Self::ALL.get(code as usize).copied()
            }
        }
    };
}
pub(crate) use codes;
