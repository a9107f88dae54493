//! Backpropagation under Dale's principle.

use super::{RuleEntry, bp};
use crate::classification;

pub(super) fn entry() -> RuleEntry {
    RuleEntry {
        name: "bp-dale".into(),
        summary: "backpropagation on the dual-stream net under Dale's principle".into(),
        classification: classification::backprop_under_dale,
        agent: |_| {},
        ..bp::entry()
    }
}
