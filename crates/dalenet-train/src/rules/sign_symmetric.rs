//! Sign-symmetric feedback.

use super::RuleEntry;
use crate::{agent, classification};
use dalenet::SignSymmetric;

pub(super) fn entry() -> RuleEntry {
    RuleEntry {
        summary: "layer by layer through the signs of the weights".into(),
        classification: classification::single_stream,
        agent: agent::single_stream,
        ..RuleEntry::new("sign-symmetric", |_| Box::new(SignSymmetric))
    }
}
