//! Successive halving (Jamieson & Talwalkar 2016; the inner loop of Hyperband, Li et al. 2018, algorithm 1).
//!
//! All configurations are trained for a short while, the best of them are trained on, and so forth, until the last
//! few reach the whole length. A training that is promoted resumes from where it was paused, so that the
//! winner's run has the bits of one that was never paused.

/// The rungs of a ladder on which one of `factor` configurations is promoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halving {
    /// Of each rung: up to which length its configurations are trained, and how many they are.
    rungs: Vec<(u64, usize)>,
}

impl Halving {
    /// The rungs for so many configurations whose trainings have the length `length`, in epochs or steps: the last
    /// rung has the whole length, and each one below a `factor`-th of the one above, of at least 1.
    ///
    /// ```
    /// let ladder = dalenet_lab::Halving::new(27, 10, 3);
    /// assert_eq!(ladder.rungs(), [(1, 27), (2, 9), (4, 3), (10, 1)]);
    /// ```
    pub fn new(configurations: usize, length: u64, factor: u32) -> Self {
        let (factor, mut rungs) = (u64::from(factor.max(2)), Vec::new());
        let (mut left, mut promotions) = (configurations as u64, 0);
        while left >= factor {
            (left, promotions) = (left / factor, promotions + 1);
        }
        let mut left = configurations;
        for rung in 0..=promotions {
            let until = length.div_ceil(factor.saturating_pow(promotions - rung)).max(1);
            // Short trainings have fewer lengths than there are promotions.
            if rungs.last().is_none_or(|(last, _)| *last < until) {
                rungs.push((until, left));
            }
            left = (left / factor as usize).max(1);
        }
        Self { rungs }
    }

    /// Of each rung the length, and how many configurations are trained up to it.
    pub fn rungs(&self) -> &[(u64, usize)] {
        &self.rungs
    }
}

/// The `count` best of `scores`, by their places, in their order; what has no score is last, and of equal ones the
/// first is best.
pub fn best(scores: &[Option<f64>], count: usize) -> Vec<usize> {
    let mut places = ranked(scores);
    places.truncate(count);
    places.sort_unstable();
    places
}

/// The places of `scores`, the best one first; what has no score is last, and equal ones keep their order.
pub fn ranked(scores: &[Option<f64>]) -> Vec<usize> {
    let score = |i: usize| scores[i].filter(|score| score.is_finite()).unwrap_or(f64::NEG_INFINITY);
    let mut places: Vec<_> = (0..scores.len()).collect();
    places.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 81 configurations and a length of 81 are Hyperband's own example (Li et al., table 1, s = 4).
    #[test]
    fn the_ladder_of_the_paper() {
        let ladder = Halving::new(81, 81, 3);
        assert_eq!(ladder.rungs(), [(1, 81), (3, 27), (9, 9), (27, 3), (81, 1)]);
    }

    #[test]
    fn a_ladder_ends_with_the_whole_length_and_at_least_one() {
        for configurations in 1..60 {
            for length in [1, 2, 7, 20, 1_000_000] {
                for factor in [2, 3, 4] {
                    let ladder = Halving::new(configurations, length, factor);
                    let rungs = ladder.rungs();
                    assert_eq!(rungs[rungs.len() - 1].0, length);
                    assert!(rungs.iter().all(|(until, count)| *until >= 1 && *count >= 1));
                    assert!(
                        rungs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 >= two[1].1)
                    );
                    let first = rungs[0].1;
                    assert_eq!(first, configurations, "all are judged: {rungs:?}");
                }
            }
        }
    }

    #[test]
    fn fewer_configurations_than_the_factor_are_all_trained_to_the_end() {
        assert_eq!(Halving::new(2, 10, 3).rungs(), [(10, 2)]);
    }

    #[test]
    fn the_best_keep_their_order_and_what_diverged_is_last() {
        let scores = [Some(1.0), None, Some(3.0), Some(f64::NAN), Some(3.0), Some(2.0)];
        assert_eq!(best(&scores, 3), [2, 4, 5]);
        assert_eq!(best(&scores, 1), [2]);
        assert_eq!(ranked(&scores), [2, 4, 5, 0, 1, 3]);
    }
}
