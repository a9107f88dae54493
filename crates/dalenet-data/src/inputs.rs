//! Examples whose classes are asked for.

use crate::{Shape, Split, TestSet};

/// Examples whose classes are asked for, by a network that knows some classes.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// Its name: that of the [`Source`](crate::Source).
    pub name: String,
    /// The shape of each example.
    pub shape: Shape,
    /// The N examples; their labels in the split mean nothing where they are not known.
    pub examples: Split,
    /// The labels, N indices into the classes of the network; `None` where there are none, or some
    /// are of other classes.
    pub labels: Option<Vec<u16>>,
    /// What was noticed in the data, in one sentence each.
    pub notes: Vec<String>,
}

impl From<TestSet> for Inputs {
    fn from(set: TestSet) -> Self {
        let TestSet { name, shape, test, notes, .. } = set;
        Self { name, shape, labels: Some(test.labels().to_vec()), examples: test, notes }
    }
}
