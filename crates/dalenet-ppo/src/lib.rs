//! Proximal policy optimisation (Schulman et al. 2017) in which any learning rule takes the place
//! of backpropagation.
//!
//! Actor and critic are networks like any other: the gradient of PPO's objective by their *outputs*
//! is the error, and a [`dalenet::Rule`] turns it into the teaching signals of the hidden layers.
//! The arithmetic over batches is in [`dalenet::engine::policy`].
//!
//! Letters: `N` environments, `T` steps of a rollout, `O` numbers observed, `A` outputs of the actor
//! (numbers of an action, or choices), `B` samples of a minibatch.
//!
//! ```
//! use dalenet::{Backprop, NetworkSpec};
//! use dalenet_envs::{Options, make};
//! use dalenet_ppo::{Networks, Ppo, Settings};
//!
//! let env = make("cart-pole", 8, &Options::default())?;
//! let layers = vec![16.into()];
//! let single = NetworkSpec { layers, dual: false, dale: None, ..NetworkSpec::default() };
//! let rule = || Box::new(Backprop) as _;
//! let networks = Networks { actor: (single.clone(), rule()), critic: (single, rule()) };
//! let settings = Settings { steps: 1024, rollout: 32, minibatches: 4, ..Settings::default() };
//! let mut ppo = Ppo::new(env, networks, settings, 0)?;
//! while !ppo.ended() {
//!     let update = ppo.update()?;
//!     assert!(update.entropy > 0.0);
//! }
//! # Ok::<(), dalenet_ppo::Error>(())
//! ```
//!
//! The same seed gives the same bits at any thread count.

mod actor_critic;
mod agent;
mod collector;
mod diagnosis;
mod episodes;
mod error;
mod metrics;
mod observations;
mod policy;
mod ppo;
mod rewards;
mod rollout;
mod running;
mod settings;
mod update;

pub use actor_critic::Networks;
pub use agent::{Agent, Score, evaluate, evaluate_by};
pub use diagnosis::PpoDiagnosis;
pub use episodes::Episode;
pub use error::Error;
pub use metrics::Update;
pub use policy::{Categorical, Gaussian, Policy};
pub use ppo::Ppo;
pub use running::Running;
pub use settings::Settings;
