//! Environments for reinforcement learning behind one vectorised trait, [`VectorEnv`]: Brax's
//! `positional` tasks and Craftax natively, cart-pole and a bandit; with the feature `mujoco` the tasks
//! of Brax by MuJoCo too.
//!
//! Letters: N environments stepped together, O numbers observed of each, A numbers of an action.
//! Buffers are row-major, one row an environment.
//!
//! ```
//! use dalenet_envs::{Actions, Options, make};
//!
//! let mut env = make("brax/half-cheetah", 32, &Options::default())?;
//! env.reset(7);
//! let actions = vec![0.1; 32 * env.action_space().len()]; // N×A
//! for _ in 0..5 {
//!     let batch = env.step(Actions::Continuous(&actions))?;
//!     assert_eq!(batch.observations.len(), 32 * 17); // N×O
//! }
//! let saved = env.save();
//! # env.restore(&saved)?;
//! # Ok::<(), dalenet_envs::Error>(())
//! ```
//!
//! The same seed gives the same bits at any thread count, and so does a restored environment.
//!
//! A new environment is a file with a type that implements `Simulator` (`simulator.rs`: the spaces,
//! the start and the step of a few environments, their observations and their state) and a line in
//! `registry.rs`. Episodes, resets, failures, threads and saving come from `vectorised`.

#![deny(unsafe_code)] // but for the machine's instructions (`brax/lanes.rs`, `brax/scalar.rs`) and MuJoCo (`brax/mujoco/ffi.rs`)

mod bandit;
mod batch;
pub mod brax;
mod cart_pole;
mod craftax;
mod env;
mod error;
mod options;
mod registry;
mod simulator;
mod spaces;
mod state_words;
mod vectorised;
mod view;

pub use batch::Batch;
pub use env::{Achievements, VectorEnv};
pub use error::Error;
pub use options::{Autoreset, Observe, Options, Restart, Seeds};
pub use registry::{ENVIRONMENTS, Environment, NAMES, find, make};
pub use spaces::{Actions, Space};
pub use view::{Bodies, View};
