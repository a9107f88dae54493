//! The statistics beside those of SciPy, statsmodels and rliable (`scripts/golden_statistics.py`).

use super::{
    Estimate, Method, Test, above, compare, correct, interquartile_interval, interquartile_mean,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    estimates: Vec<GoldenEstimate>,
    comparisons: Vec<GoldenComparison>,
    holm: Vec<Holm>,
    aggregates: Vec<GoldenAggregate>,
}

#[derive(Deserialize)]
struct GoldenEstimate {
    values: Vec<f64>,
    mean: f64,
    std: f64,
    interval: [f64; 2],
}

#[derive(Deserialize)]
struct GoldenComparison {
    a: Vec<f64>,
    b: Vec<f64>,
    welch: GoldenTest,
    paired: Option<GoldenTest>,
}

#[derive(Deserialize)]
struct GoldenTest {
    difference: f64,
    interval: [f64; 2],
    t: f64,
    degrees: f64,
    p: f64,
}

#[derive(Deserialize)]
struct Holm {
    p: Vec<f64>,
    corrected: Vec<f64>,
}

#[derive(Deserialize)]
struct GoldenAggregate {
    tasks: Vec<Vec<f64>>,
    iqm: f64,
    interval: [f64; 2],
    exact: bool,
    thresholds: Vec<f64>,
    profile: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../../tests/golden/statistics.json")).expect("JSON")
}

/// Equal to nine digits.
fn assert_near(found: f64, golden: f64) {
    assert!((found - golden).abs() <= 1e-9 * golden.abs().max(1e-3), "{found}, not {golden}");
}

fn assert_interval(found: Option<[f64; 2]>, golden: [f64; 2]) {
    let found = found.expect("an interval");
    found.iter().zip(golden).for_each(|(found, golden)| assert_near(*found, golden));
}

#[test]
fn intervals_are_those_of_scipy() {
    for golden in golden().estimates {
        let found = Estimate::of(&golden.values).unwrap();
        assert_near(found.mean, golden.mean);
        assert_near(found.std.unwrap(), golden.std);
        assert_interval(found.interval, golden.interval);
    }
}

#[test]
fn tests_are_those_of_scipy() {
    let seeded =
        |values: &[f64], first: u64| -> Vec<_> { (first..).zip(values.iter().copied()).collect() };
    let mut paired = 0;
    for GoldenComparison { a, b, welch, paired: golden } in golden().comparisons {
        let assert_same = |b: &[(u64, f64)], method: Method, golden: &GoldenTest| {
            let found = compare(&seeded(&a, 0), b).unwrap();
            assert_near(found.size.mean, golden.difference);
            assert_interval(found.size.interval, golden.interval);
            let test = found.test.unwrap();
            assert_eq!(test.method, method);
            assert_near(test.t, golden.t);
            assert_near(test.degrees, golden.degrees);
            assert_near(test.p, golden.p);
        };
        assert_same(&seeded(&b, 100), Method::Welch, &welch);
        if let Some(golden) = golden {
            assert_same(&seeded(&b, 0), Method::Paired, &golden);
            paired += 1;
        }
    }
    assert!(paired >= 3);
}

#[test]
fn holms_correction_is_that_of_statsmodels() {
    for Holm { p, corrected } in golden().holm {
        let test =
            |p: &f64| Test { method: Method::Welch, t: 0.0, degrees: 1.0, p: *p, p_holm: *p };
        let mut tests: Vec<_> = p.iter().map(test).collect();
        correct(tests.iter_mut());
        tests.iter().zip(corrected).for_each(|(test, golden)| assert_near(test.p_holm, golden));
    }
}

#[test]
fn aggregates_are_those_of_rliable() {
    for golden in golden().aggregates {
        assert_near(interquartile_mean(&golden.tasks), golden.iqm);
        for (threshold, share) in golden.thresholds.iter().zip(golden.profile) {
            assert_near(above(&golden.tasks, *threshold), share);
        }
        // Drawn resamples differ from drawn ones, and from all of them, by chance.
        let [low, high] = golden.interval;
        let slack = if golden.exact { 0.05 } else { 0.02 } * (high - low);
        let [found_low, found_high] = interquartile_interval(&golden.tasks).unwrap();
        assert!((found_low - low).abs() < slack, "{found_low}, not {low}");
        assert!((found_high - high).abs() < slack, "{found_high}, not {high}");
    }
}
