//! A data set in memory.

use sha2::{Digest, Sha256};

use crate::digest::hexadecimal;
use crate::notes;
use crate::{Error, Identity, Shape, Split};

/// A data set in memory.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its name: that of the [`Source`](crate::Source).
    pub name: String,
    /// The shape of each example: D = H·W·C values, in this order. A flat vector is 1×1×D.
    pub shape: Shape,
    /// The names of the classes; the index is the label. Where the user's labels are numbers,
    /// these numbers.
    pub classes: Vec<String>,
    /// The examples to train on.
    pub train: Split,
    /// The examples to choose settings on, if the file has such.
    pub validation: Option<Split>,
    /// The examples to test on.
    pub test: Split,
    /// Which data these are.
    pub identity: Identity,
    /// What was noticed in the data, in one sentence each.
    pub notes: Vec<String>,
}

impl Dataset {
    /// A data set from memory: examples of `shape`, with labels that are indices into
    /// `classes`.
    ///
    /// ```
    /// use dalenet_data::{Dataset, Shape, Split};
    ///
    /// let train = Split::from_floats(vec![0.0, 0.1, 1.0, 0.9], 2, vec![0, 1])?;
    /// let test = Split::from_floats(vec![0.9, 1.0], 2, vec![1])?;
    /// let shape = Shape { height: 1, width: 1, channels: 2 };
    /// let classes = ["low", "high"].map(str::to_owned).to_vec();
    /// let data = Dataset::new("levels", shape, classes, train, test)?;
    /// assert_eq!(data.notes, ["1 of 2 classes have no example in the test set: low"]);
    /// # Ok::<(), dalenet_data::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Inconsistent`] if there are fewer than two classes or no examples to train on, an
    /// example has not H·W·C values, or a label is no index into `classes`.
    pub fn new(
        name: impl Into<String>,
        shape: Shape,
        classes: Vec<String>,
        train: Split,
        test: Split,
    ) -> Result<Dataset, Error> {
        let name = name.into();
        if classes.len() < 2 || train.is_empty() {
            let problem = format!("{} classes, {} examples", classes.len(), train.len());
            let remedy = "give at least two classes and one example to train on";
            return Err(inconsistent(&name, problem, remedy));
        }
        for split in [&train, &test] {
            check(&name, shape, &classes, split)?;
        }
        let (_, mut notes) = notes::of_examples("the examples", shape, train.values());
        notes.extend(notes::of_absent("the training set", &classes, train.labels()));
        notes.extend(notes::of_absent("the test set", &classes, test.labels()));
        let sha256 = digest(shape, &classes, &[&train, &test]);
        let identity = Identity { path: None, sha256 };
        Ok(Dataset { name, shape, classes, train, validation: None, test, identity, notes })
    }

    /// The same data set with these examples to choose settings on.
    ///
    /// # Errors
    ///
    /// [`Error::Inconsistent`] unless they are like those to train on.
    pub fn with_validation(mut self, validation: Split) -> Result<Dataset, Error> {
        check(&self.name, self.shape, &self.classes, &validation)?;
        self.identity.sha256 =
            digest(self.shape, &self.classes, &[&self.train, &self.test, &validation]);
        self.validation = Some(validation);
        Ok(self)
    }
}

/// Examples to test a network on that knows the classes.
#[derive(Clone, Debug)]
pub struct TestSet {
    /// Its name: that of the [`Source`](crate::Source).
    pub name: String,
    /// The shape of each example.
    pub shape: Shape,
    /// The examples; the labels are indices into the given classes.
    pub test: Split,
    /// Which data these are.
    pub identity: Identity,
    /// What was noticed in the data, in one sentence each.
    pub notes: Vec<String>,
}

impl TestSet {
    /// A test set from memory: examples of `shape`, with labels that are indices into
    /// `classes`.
    ///
    /// # Errors
    ///
    /// [`Error::Inconsistent`] if there are no examples, one has not H·W·C values, or a label is
    /// no index into `classes`.
    pub fn new(
        name: impl Into<String>,
        shape: Shape,
        classes: &[String],
        test: Split,
    ) -> Result<TestSet, Error> {
        let name = name.into();
        if test.is_empty() {
            return Err(inconsistent(&name, "no examples".to_owned(), "give at least one"));
        }
        check(&name, shape, classes, &test)?;
        let (_, mut notes) = notes::of_examples("the examples", shape, test.values());
        notes.extend(notes::of_absent("the test set", classes, test.labels()));
        let identity = Identity { path: None, sha256: digest(shape, classes, &[&test]) };
        Ok(TestSet { name, shape, test, identity, notes })
    }
}

/// The examples of `split` are of `shape`, its labels below the number of classes.
fn check(name: &str, shape: Shape, classes: &[String], split: &Split) -> Result<(), Error> {
    let values = shape.height.checked_mul(shape.width).and_then(|n| n.checked_mul(shape.channels));
    if values != Some(split.width()) {
        let problem = format!("examples have {} values, their shape is {shape:?}", split.width());
        return Err(inconsistent(name, problem, "give the shape H×W×C of an example"));
    }
    match split.labels().iter().find(|&&label| usize::from(label) >= classes.len()) {
        None => Ok(()),
        Some(label) => {
            let problem = format!("label {label} is no index into {} classes", classes.len());
            Err(inconsistent(name, problem, "name every class"))
        }
    }
}

fn inconsistent(name: &str, problem: String, remedy: &str) -> Error {
    Error::Inconsistent { name: name.to_owned(), problem, remedy: remedy.to_owned() }
}

/// The SHA-256 of shape, classes, values and labels.
fn digest(shape: Shape, classes: &[String], splits: &[&Split]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(format!("{}×{}×{} ", shape.height, shape.width, shape.channels));
    hasher.update(format!("{classes:?}"));
    let mut example = vec![0.0; shape.len()];
    for split in splits {
        hasher.update(split.len().to_le_bytes());
        for (i, label) in split.labels().iter().enumerate() {
            split.gather(&[i as u32], &mut example);
            for value in &example {
                hasher.update(value.to_le_bytes());
            }
            hasher.update(label.to_le_bytes());
        }
    }
    hexadecimal(hasher)
}
