//! The classes of a data set, and labels as a user writes them.

use std::collections::HashMap;
use std::fmt;

/// The most classes a data set may have.
pub(crate) const MOST: usize = 10_000;

/// A class as a user writes it. Numbers are ordered by value, then names by their characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Class {
    Number(i128),
    Name(String),
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Class::Number(number) => number.fmt(f),
            Class::Name(name) => name.fmt(f),
        }
    }
}

/// The labels of N examples.
#[derive(Debug)]
pub(crate) struct Labels {
    /// The classes that occur, in their order.
    pub classes: Vec<Class>,
    /// For each example, which of the classes.
    pub of: Vec<u16>,
}

impl Labels {
    /// The names of the classes.
    pub(crate) fn names(&self) -> Vec<String> {
        self.classes.iter().map(Class::to_string).collect()
    }

    /// The labels as indices into `names`.
    ///
    /// # Errors
    ///
    /// The class that is not among them and the first example of it.
    pub(crate) fn among(&self, names: &[String]) -> Result<Vec<u16>, (&Class, usize)> {
        let index: HashMap<&str, u16> =
            names.iter().enumerate().map(|(i, name)| (name.as_str(), i as u16)).collect();
        let known: Vec<Option<u16>> = self
            .classes
            .iter()
            .map(|class| index.get(class.to_string().as_str()).copied())
            .collect();
        let labels = self.of.iter().enumerate().map(|(i, &label)| {
            let class = usize::from(label);
            known[class].ok_or((&self.classes[class], i))
        });
        labels.collect()
    }

    /// Whether all classes are positions in `names`, none of which is a number: labels of a user
    /// who numbered the names.
    pub(crate) fn are_positions(&self, names: &[String]) -> bool {
        let is_position = |class: &Class| matches!(class, Class::Number(n) if (0..names.len() as i128).contains(n));
        self.classes.iter().all(is_position)
            && names.iter().all(|name| name.parse::<i128>().is_err())
    }

    /// The labels as the numbers that the classes are.
    pub(crate) fn positions(&self) -> Vec<u16> {
        let position = |label: &u16| match self.classes[usize::from(*label)] {
            Class::Number(number) => number as u16,
            Class::Name(_) => *label,
        };
        self.of.iter().map(position).collect()
    }
}

/// Gathers labels in the order of the examples.
#[derive(Default)]
pub(crate) struct Collector {
    index: HashMap<Class, u16>,
    classes: Vec<Class>,
    of: Vec<u16>,
}

/// There are more classes than a label can number.
#[derive(Debug)]
pub(crate) struct TooMany;

impl Collector {
    /// Adds the label of the next example.
    pub(crate) fn push(&mut self, class: Class) -> Result<(), TooMany> {
        let label = match self.index.get(&class) {
            Some(label) => *label,
            None => {
                let label = u16::try_from(self.classes.len()).map_err(|_| TooMany)?;
                self.index.insert(class.clone(), label);
                self.classes.push(class);
                label
            }
        };
        self.of.push(label);
        Ok(())
    }

    /// The labels, with the classes in their order.
    pub(crate) fn finish(self) -> Labels {
        let Collector { classes, mut of, .. } = self;
        let mut sorted: Vec<(Class, usize)> = classes.into_iter().zip(0..).collect();
        sorted.sort_unstable();
        let mut place = vec![0; sorted.len()];
        for (label, (_, found)) in sorted.iter().enumerate() {
            place[*found] = label as u16;
        }
        for label in &mut of {
            *label = place[usize::from(*label)];
        }
        Labels { classes: sorted.into_iter().map(|(class, _)| class).collect(), of }
    }
}

/// How many of `labels` are of each of `classes` classes.
pub(crate) fn counts(labels: &[u16], classes: usize) -> Vec<usize> {
    let mut counts = vec![0; classes];
    for &label in labels {
        counts[usize::from(label)] += 1;
    }
    counts
}

/// `names`, the first few of them.
pub(crate) fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(classes: impl IntoIterator<Item = Class>) -> Labels {
        let mut collector = Collector::default();
        for class in classes {
            collector.push(class).unwrap();
        }
        collector.finish()
    }

    #[test]
    fn classes_are_sorted_and_keep_their_names() {
        let numbers = labels([10, -1, 2, 10].map(Class::Number));
        assert_eq!(numbers.names(), ["-1", "2", "10"]);
        assert_eq!(numbers.of, [2, 0, 1, 2]);
        let names = labels(["b", "a", "10", "2"].map(|name| Class::Name(name.to_owned())));
        assert_eq!(names.names(), ["10", "2", "a", "b"]);
        assert_eq!(names.of, [3, 2, 0, 1]);
    }

    #[test]
    fn labels_among_the_classes_of_another_file() {
        let names = ["1", "7", "65535"].map(str::to_owned);
        assert_eq!(labels([7, 1, 7].map(Class::Number)).among(&names).unwrap(), [1, 0, 1]);
        let unknown = labels([7, 0, 2].map(Class::Number));
        assert_eq!(unknown.among(&names).unwrap_err(), (&Class::Number(0), 1));
    }

    #[test]
    fn more_classes_than_labels_are_an_error() {
        let mut collector = Collector::default();
        for number in 0..=i128::from(u16::MAX) {
            collector.push(Class::Number(number)).unwrap();
        }
        assert!(collector.push(Class::Number(-1)).is_err());
        assert!(collector.push(Class::Number(0)).is_ok());
    }
}
