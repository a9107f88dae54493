//! Brax's `positional` tasks.

use super::Environment;

const TASKS: &[(&str, &str)] = &[
    ("brax/ant", "run on four legs: 27 observed, 8 torques"),
    ("brax/half-cheetah", "run on two legs in a plane: 17 observed, 6 torques"),
    ("brax/hopper", "hop on one leg in a plane: 11 observed, 3 torques"),
    ("brax/humanoid", "run upright: 244 observed, 17 torques"),
    ("brax/inverted-double-pendulum", "balance two poles on a cart: 8 observed, 1 force"),
    ("brax/inverted-pendulum", "balance a pole on a cart: 4 observed, 1 force"),
    ("brax/reacher", "reach a target with two links: 11 observed, 2 torques"),
    ("brax/walker2d", "walk on two legs in a plane: 17 observed, 6 torques"),
];

pub(super) fn entries() -> Vec<Environment> {
    TASKS.iter().map(|(name, summary)| Environment::built_in(name, summary)).collect()
}
