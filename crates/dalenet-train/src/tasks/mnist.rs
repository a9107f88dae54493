//! MNIST.

use super::DataSet;

pub(super) fn entries() -> Vec<DataSet> {
    vec![DataSet::of_source("mnist", "handwritten digits, 28×28, 60,000 + 10,000")]
}
