//! Weights of classes, by which the errors of rare ones count more.

use crate::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How much the error of a sample counts, by its class.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ClassWeights {
    /// All alike.
    #[default]
    None,
    /// `N/(K·N_c)`: N training samples of K classes, `N_c` of them of the class, so that all classes
    /// count alike.
    Balanced,
    /// A weight a class, in the order of the classes.
    Each(Vec<f32>),
}

impl ClassWeights {
    /// What its value in a configuration may be.
    pub(crate) const FORMS: &str = "\"none\", \"balanced\" or a list of numbers, one a class";

    /// Whether every weight is possible.
    pub(crate) fn are_possible(&self) -> bool {
        match self {
            Self::Each(weights) => weights.iter().all(|w| w.is_finite() && *w > 0.0),
            _ => true,
        }
    }

    /// The weight of each class of a training on these labels; none where all count alike.
    ///
    /// # Errors
    /// If there is not one a class.
    pub(super) fn of(&self, labels: &[u16], classes: &[String]) -> Result<Option<Vec<f32>>, Error> {
        match self {
            Self::None => Ok(None),
            Self::Balanced => Ok(Some(balanced(labels, classes.len()))),
            Self::Each(weights) if weights.len() == classes.len() => Ok(Some(weights.clone())),
            Self::Each(weights) => Err(Error::Config(format!(
                "`class_weights` has {} weights, but the data have {} classes: give one a class, in \
                 the order {}",
                weights.len(),
                classes.len(),
                named(classes),
            ))),
        }
    }
}

/// `N/(K·N_c)` for each class that occurs, 1 for the others.
fn balanced(labels: &[u16], classes: usize) -> Vec<f32> {
    let mut counts = vec![0_usize; classes];
    for label in labels {
        counts[usize::from(*label)] += 1;
    }
    let present = counts.iter().filter(|count| **count > 0).count();
    let weight = |count: usize| labels.len() as f64 / (present * count) as f64;
    counts.into_iter().map(|count| if count > 0 { weight(count) as f32 } else { 1.0 }).collect()
}

/// The first few classes.
fn named(classes: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = classes[..classes.len().min(SHOWN)].join(", ");
    if classes.len() > SHOWN { shown + ", …" } else { shown }
}

impl Serialize for ClassWeights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Balanced => serializer.serialize_str("balanced"),
            Self::Each(weights) => weights.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ClassWeights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = ClassWeights;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(ClassWeights::FORMS)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ClassWeights, E> {
        match text {
            "none" => Ok(ClassWeights::None),
            "balanced" => Ok(ClassWeights::Balanced),
            _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<ClassWeights, A::Error> {
        let mut weights = Vec::new();
        while let Some(weight) = list.next_element()? {
            weights.push(weight);
        }
        Ok(ClassWeights::Each(weights))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(weights: &ClassWeights, labels: &[u16]) -> Result<Option<Vec<f32>>, Error> {
        weights.of(labels, &["a", "b", "c"].map(str::to_owned))
    }

    /// `sklearn.utils.class_weight.compute_class_weight("balanced", classes=[0, 1], y=[0, 0, 0, 1])`
    /// is 0.667, 2.
    #[test]
    fn balanced_weights_are_those_of_scikit_learn() {
        let weights = of(&ClassWeights::Balanced, &[0, 0, 0, 1]).unwrap().unwrap();
        assert_eq!(
            weights,
            [2.0 / 3.0, 2.0, 1.0],
            "a class without a sample has no error to weight"
        );
    }

    /// Each class counts as much as any other, and all together as much as without weights.
    #[test]
    fn balanced_classes_count_alike() {
        let labels = [0, 1, 1, 2, 2, 2, 2, 2];
        let weights = of(&ClassWeights::Balanced, &labels).unwrap().unwrap();
        let mut sums = [0.0; 3];
        labels.iter().for_each(|label| sums[usize::from(*label)] += weights[usize::from(*label)]);
        assert!(sums.iter().all(|sum| (sum - 8.0 / 3.0).abs() < 1e-6), "{sums:?}");
    }

    #[test]
    fn a_list_has_a_weight_a_class() {
        let list = ClassWeights::Each(vec![1.0, 2.0]);
        let sentence = of(&list, &[0, 1]).unwrap_err().to_string();
        assert!(sentence.contains("2 weights") && sentence.contains("a, b, c"), "{sentence}");
        assert!(!ClassWeights::Each(vec![1.0, -2.0]).are_possible());
        assert_eq!(of(&ClassWeights::None, &[0, 1]).unwrap(), None);
    }
}
