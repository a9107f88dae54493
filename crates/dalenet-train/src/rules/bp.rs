//! Backpropagation in a single-stream network.

use super::RuleEntry;
use crate::{agent, classification};
use dalenet::Backprop;

pub(super) fn entry() -> RuleEntry {
    RuleEntry {
        summary: "backpropagation, single stream".into(),
        classification: classification::single_stream,
        agent: agent::single_stream,
        ..RuleEntry::new("bp", |_| Box::new(Backprop))
    }
}
