//! Feedback Alignment.

use super::RuleEntry;
use crate::{agent, classification};
use dalenet::FeedbackAlignment;

pub(super) fn entry() -> RuleEntry {
    RuleEntry {
        summary: "Feedback Alignment: layer by layer through fixed random weights".into(),
        classification: classification::single_stream,
        agent: agent::single_stream,
        ..RuleEntry::new("fa", |_| Box::new(FeedbackAlignment::default()))
    }
}
