//! How far the scores of two rules differ.

use super::{
    Estimate, FEWEST,
    estimate::Spread,
    student::{critical, two_sided},
};
use serde::Serialize;

/// Which test of two means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Student's test of the differences seed by seed.
    Paired,
    /// Welch's test, for samples of unequal variance that share no seeds.
    Welch,
}

/// A test of the hypothesis that two means are equal, two-sided.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Test {
    /// Which one.
    pub method: Method,
    /// Difference over its standard error.
    pub t: f64,
    /// Degrees of freedom.
    pub degrees: f64,
    /// Probability of a |t| at least this large where the means are equal.
    pub p: f64,
    /// The same, corrected by Holm for the number of comparisons in the table.
    pub p_holm: f64,
}

/// The mean of one sample less that of another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Its size, and its interval if there is one.
    pub size: Estimate,
    /// Whether it may be chance; none below [`FEWEST`] seeds, or without any spread.
    pub test: Option<Test>,
}

/// `scores` less `reference`, each a seed with its score. Paired by seed where both have at least [`FEWEST`]
/// seeds in common: a seed fixes the order of the samples, or the starts of the episodes, and where the
/// networks are alike their initial weights. Elsewhere Welch's. `None` of no scores.
pub(crate) fn compare(scores: &[(u64, f64)], reference: &[(u64, f64)]) -> Option<Difference> {
    let paired = |(seed, score): &(u64, f64)| {
        let (_, other) = reference.iter().find(|(other, _)| other == seed)?;
        Some(score - other)
    };
    let pairs: Vec<_> = scores.iter().filter_map(paired).collect();
    let few = pairs.len() < FEWEST;
    if few && (pairs.is_empty() || scores.len().min(reference.len()) >= FEWEST) {
        return welch(&values(scores), &values(reference));
    }
    let size = Estimate::of(&pairs)?;
    let error = size.std.map(|std| std / (pairs.len() as f64).sqrt());
    let test = error.filter(|_| !few);
    let test =
        test.and_then(|error| test_of(Method::Paired, size.mean, error, pairs.len() as f64 - 1.0));
    Some(Difference { size, test })
}

fn values(scores: &[(u64, f64)]) -> Vec<f64> {
    scores.iter().map(|(_, score)| *score).collect()
}

/// Welch's test; the degrees of freedom are Welch and Satterthwaite's.
fn welch(a: &[f64], b: &[f64]) -> Option<Difference> {
    let [a, b] = [Spread::of(a)?, Spread::of(b)?];
    let mean = a.mean - b.mean;
    if a.count.min(b.count) < FEWEST {
        return Some(Difference { size: Estimate { mean, std: None, interval: None }, test: None });
    }
    let [va, vb] = [a, b].map(|spread| spread.deviation.powi(2) / spread.count as f64);
    let of_one = |variance: f64, spread: Spread| variance.powi(2) / (spread.count as f64 - 1.0);
    let degrees = (va + vb).powi(2) / (of_one(va, a) + of_one(vb, b));
    let error = (va + vb).sqrt();
    let reach = if error > 0.0 { critical(degrees) * error } else { 0.0 };
    let size = Estimate { mean, std: None, interval: Some([mean - reach, mean + reach]) };
    Some(Difference { size, test: test_of(Method::Welch, mean, error, degrees) })
}

/// `None` without any spread, where t is not defined.
fn test_of(method: Method, mean: f64, error: f64, degrees: f64) -> Option<Test> {
    let t = mean / error;
    (error > 0.0 && t.is_finite()).then(|| {
        let p = two_sided(t, degrees);
        Test { method, t, degrees, p, p_holm: p }
    })
}

/// Corrects the p values of several tests by Holm's method: the i-th smallest of m is multiplied by
/// m − i + 1, and none becomes smaller than the one before.
pub(crate) fn correct<'a>(tests: impl Iterator<Item = &'a mut Test>) {
    let mut tests: Vec<_> = tests.collect();
    tests.sort_by(|a, b| a.p.total_cmp(&b.p));
    let (count, mut largest) = (tests.len(), 0.0_f64);
    for (i, test) in tests.into_iter().enumerate() {
        largest = largest.max((count - i) as f64 * test.p).min(1.0);
        test.p_holm = largest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded(values: &[f64]) -> Vec<(u64, f64)> {
        (0..).zip(values.iter().copied()).collect()
    }

    #[test]
    fn seeds_in_common_are_paired() {
        // The seeds differ by far more than the rules.
        let (a, b) = (seeded(&[10.0, 50.0, 90.0]), seeded(&[8.0, 49.0, 87.0]));
        let found = compare(&a, &b).unwrap();
        assert_eq!((found.size.mean, found.size.std), (2.0, Some(1.0)));
        assert_eq!(found.test.unwrap().method, Method::Paired);
        // The same scores of other seeds.
        let others: Vec<_> = b.iter().map(|(seed, score)| (seed + 7, *score)).collect();
        let found = compare(&a, &others).unwrap();
        assert_eq!((found.size.mean, found.test.unwrap().method), (2.0, Method::Welch));
    }

    #[test]
    fn two_seeds_have_no_test_and_no_interval() {
        for (a, b) in [(vec![1.0, 2.0], vec![3.0, 5.0]), (vec![1.0], vec![2.0, 3.0, 4.0])] {
            let found = compare(&seeded(&a), &seeded(&b)).unwrap();
            assert_eq!((found.test, found.size.interval), (None, None));
        }
        assert_eq!(compare(&[], &seeded(&[1.0])), None);
    }

    #[test]
    fn without_spread_there_is_no_test() {
        let found = compare(&seeded(&[2.0; 4]), &seeded(&[1.0; 4])).unwrap();
        assert_eq!((found.size.interval, found.test), (Some([1.0, 1.0]), None));
        assert_eq!(compare(&seeded(&[2.0; 3]), &seeded(&[2.0; 3])).unwrap().test, None);
        let others: Vec<_> = (10..14).map(|seed| (seed, 1.0)).collect();
        let found = compare(&seeded(&[2.0; 4]), &others).unwrap();
        assert_eq!((found.size.interval, found.test), (Some([1.0, 1.0]), None));
    }
}
