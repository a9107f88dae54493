//! Backpropagation under Dale's principle.

use super::{RuleEntry, bp};
use crate::classification;

pub(super) fn entry() -> RuleEntry {
    RuleEntry {
        name: "bp-dale".into(),
        summary: "backpropagation on the dual-stream net under Dale's principle".into(),
        classification: classification::backprop_under_dale,
        // Hidden layers receive a signal 10³ to 10⁵ times weaker than the outputs (docs/results.md): the usual 1e-5
        // would hold their steps down.
        agent: |config| config.ppo.epsilon = 1e-8,
        ..bp::entry()
    }
}
