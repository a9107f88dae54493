//! The arithmetic of policy gradients: distributions over actions, PPO's objective, advantages and
//! running moments, each over a whole batch.
//!
//! Letters: `B` samples of a batch, `A` outputs of the actor (numbers of an action, or choices),
//! `N` environments, `T` steps of a rollout. Rows of a rollout are in the order of time: row
//! `t·N + i` is step `t` of environment `i`. Sums run over the rows in order, on one thread.

mod advantage;
mod categorical;
mod gaussian;
mod moments;
mod objective;
mod rows;

pub use advantage::{
    Transitions, explained_variance, generalised_advantages, next_values, standardise,
    value_targets,
};
pub use categorical::{
    categorical_entropies, categorical_gradient, categorical_log_probabilities,
    most_probable_choices, sample_categorical,
};
pub use gaussian::{
    clamp_to_bounds, gaussian_entropy, gaussian_gradient, gaussian_log_probabilities,
    sample_gaussian,
};
pub use moments::{
    column_moments, discount_and_add, divide_and_clamp, normalise_columns, reset_where,
};
pub use objective::{RatioSums, clipped_surrogate, clipped_value_error, value_loss};
pub use rows::{
    accumulate, all_finite, gather, gather_rows, or_where, rows_where, scatter, sum, to_choices,
};
