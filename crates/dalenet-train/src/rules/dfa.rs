//! Direct Feedback Alignment.

use super::RuleEntry;
use crate::{agent, classification};
use dalenet::DirectFeedbackAlignment;

pub(super) fn entry() -> RuleEntry {
    RuleEntry {
        summary: "Direct Feedback Alignment: the error through a fixed random matrix per layer"
            .into(),
        classification: |config| {
            if !config.network.convolutions.is_empty() {
                config.epochs = config.epochs.max(16); // it is slower to fit
            }
            classification::single_stream(config);
        },
        agent: agent::single_stream,
        ..RuleEntry::new("dfa", |_| Box::new(DirectFeedbackAlignment::default()))
    }
}
