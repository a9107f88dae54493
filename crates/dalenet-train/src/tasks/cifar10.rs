//! CIFAR-10.

use super::{DataSet, no_kaneko};
use crate::classification::{best_on_photographs, paper_on_photographs};

pub(super) fn entries() -> Vec<DataSet> {
    vec![DataSet {
        start: |task, preset, _| match preset {
            "kaneko" => Err(no_kaneko(task)),
            "paper" => Ok(paper_on_photographs()),
            _ => Ok(best_on_photographs()),
        },
        ..DataSet::of_source("cifar10", "photographs, 32×32×3, 50,000 + 10,000")
    }]
}
