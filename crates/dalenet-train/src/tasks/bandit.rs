//! Bandits.

use super::{Environment, cart_pole::adjust};

pub(super) fn entries() -> Vec<Environment> {
    vec![Environment { adjust, ..Environment::built_in("bandit", "choose the best of some arms") }]
}
