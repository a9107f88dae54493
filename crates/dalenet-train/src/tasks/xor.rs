//! Exclusive or.

use super::{DataSet, parity::yes_or_no};

pub(super) fn entries() -> Vec<DataSet> {
    vec![yes_or_no("xor", "exclusive or: 2 inputs, 4 samples", |_| 2)]
}
