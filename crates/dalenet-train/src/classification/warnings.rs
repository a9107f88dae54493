//! What the user should know before the first step.

use super::{Config, Samples};
use std::collections::VecDeque;

/// What was noticed in the data, and samples from which nothing is learnt since the error of one sample
/// less its mean is 0.
pub(super) fn warnings(config: &Config, samples: &Samples) -> VecDeque<String> {
    let (count, batch) = (samples.train.len(), config.batch);
    let mut warnings: VecDeque<_> = samples.notes.iter().cloned().collect();
    if config.centred && (batch == 1 || count == 1) {
        warnings.push_back(
            "nothing is learnt from batches of one sample, whose centred error is 0: set \
             centred = false, or a larger batch"
                .into(),
        );
    } else if config.centred && count % batch == 1 {
        warnings.push_back(format!(
            "the last batch of every epoch has one sample, from which nothing is learnt since its \
             centred error is 0: {count} samples are not divided well by batch = {batch}"
        ));
    }
    warnings
}
