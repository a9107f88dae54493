//! Fashion-MNIST.

use super::DataSet;

pub(super) fn entries() -> Vec<DataSet> {
    vec![DataSet::of_source("fashion-mnist", "articles of clothing, 28×28, 60,000 + 10,000")]
}
