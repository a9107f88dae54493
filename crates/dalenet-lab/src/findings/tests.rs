//! Findings of made-up runs.

use super::*;
use crate::{Ending, Registry, StudySettings};

/// A plan of the paper's ablations on both tasks, and runs with these accuracies in percent:
/// task, cell, one a seed.
fn found(accuracies: &[(&str, &str, &[f64])]) -> Findings {
    let (registry, set) = (Registry::built_in(), Vec::new());
    let settings = StudySettings { registry, preset: "paper", file: None, set };
    let tasks = ["mnist".to_owned(), "cifar10".to_owned()];
    let plan = Plan::ablate(&tasks, 3, &settings).unwrap();
    let runs = accuracies.iter().flat_map(|(task, cell, scores)| {
        (0..).zip(*scores).map(|(seed, score)| record(task, cell, seed, score / 100.0))
    });
    Findings::new("s".as_ref(), &plan, &runs.collect::<Vec<_>>(), &Failures::default())
}

fn record(task: &str, cell: &str, seed: u64, test_accuracy: f64) -> Record {
    let outcome = serde_json::json!({
        "task": task, "rule": "ed", "seed": seed, "epochs": 15, "learnt": false,
        "test_accuracy": test_accuracy, "validation_accuracy": null,
        "train_seconds": 10.0 + seed as f64, "samples_per_second": 1.0, "parameters": 1,
        "ei_ratio": [], "floor_share": [], "warning": null, "run": "",
    });
    let outcome = Ending::Classification(serde_json::from_value(outcome).unwrap());
    Record { cell: cell.into(), outcome }
}

#[test]
fn differences_are_paired_by_seed() {
    // Seeds differ by far more than the removal costs, and lose one point each. The last seed
    // of the whole network is not there yet.
    let found = found(&[
        ("mnist", "full", &[90.0, 60.0, 75.0]),
        ("mnist", "no-widths", &[89.0, 59.0, 74.0, 99.0]),
    ]);
    let [full, without] = &found.cells[..] else { panic!("{found:?}") };
    assert_eq!((&full.difference, &full.reference), (&None, &None));
    assert_eq!(without.reference.as_deref(), Some("full"));
    let difference = without.difference.as_ref().unwrap();
    let interval = difference.interval.unwrap();
    for value in [difference.mean, interval[0], interval[1]] {
        assert!((value + 1.0).abs() < 1e-9, "{difference:?}");
    }
    assert_eq!(without.scores.len(), 4);
    assert_eq!(without.seconds, 11.5);
}

#[test]
fn the_papers_figures_stand_beside_no_smaller_run() {
    let registry = Registry::built_in();
    let paper = |changes: &[(&str, &str)]| {
        let set = changes.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        let settings = StudySettings { registry, preset: "paper", file: None, set };
        let plan = Plan::compare(&["mnist".into()], &["ed".into()], 1, &settings).unwrap();
        let runs = [record("mnist", "ed", 0, 0.97)];
        Findings::new("s".as_ref(), &plan, &runs, &Failures::default()).cells[0].paper
    };
    assert_eq!(paper(&[]), Some(96.7));
    assert_eq!(paper(&[("rate", "4")]), Some(96.7));
    assert_eq!(paper(&[("epochs", "2")]), None);
    assert_eq!(paper(&[("layers", "[32]"), ("widths", "[6]")]), None);
}

/// What PPO's published figures mostly are stands beside the return of the trained agent, where all runs of a cell
/// have it; those of earlier versions do not.
#[test]
fn returns_of_the_training_stand_beside() {
    let registry = Registry::built_in();
    let settings = StudySettings { registry, preset: "default", file: None, set: Vec::new() };
    let rules = ["ed".to_owned(), "bp".to_owned()];
    let plan = Plan::compare(&["cart-pole".to_owned()], &rules, 2, &settings).unwrap();
    let run = |cell: &str, seed: u64, recent: Option<f64>| {
        let mut outcome = serde_json::json!({
            "task": "cart-pole", "backend": "native", "rule": cell, "seed": seed, "steps": 1000,
            "return_mean": 400.0, "return_std": 1.0, "episode_steps": 400.0, "episodes": 64,
            "failures": 0, "parameters": 1, "ei_ratio": [], "floor_share": [],
            "train_seconds": 1.0, "steps_per_second": 1000.0, "run": "",
        });
        outcome["recent_return"] = recent.into();
        let outcome = Ending::Agent(serde_json::from_value(outcome).unwrap());
        Record { cell: cell.into(), outcome }
    };
    let runs = [
        run("ed", 0, Some(300.0)),
        run("ed", 1, Some(302.0)),
        run("bp", 0, Some(310.0)),
        run("bp", 1, None),
    ];
    let found = Findings::new("s".as_ref(), &plan, &runs, &Failures::default());
    let recent = found.cells.iter().map(|row| row.recent.as_ref().map(|recent| recent.mean));
    assert_eq!(recent.collect::<Vec<_>>(), [Some(301.0), None]);
    let text = found.to_string();
    assert!(text.contains("| last episodes of the training |"), "{text}");
    assert!(text.contains("| 301.00 ± 1.41"), "{text}");
}

#[test]
fn several_tasks_are_aggregated() {
    let found = found(&[
        ("mnist", "full", &[97.0, 97.2, 97.4]),
        ("mnist", "no-widths", &[20.0, 21.0, 22.0]),
        ("cifar10", "full", &[60.0, 61.0, 62.0]),
        ("cifar10", "no-widths", &[40.0, 41.5, 42.0]),
    ]);
    let aggregation = found.aggregation.as_ref().unwrap();
    // Of six runs the lowest and the highest are left out.
    let means: Vec<_> = aggregation.rules.iter().map(|rule| rule.iqm).collect();
    assert_eq!(means, [(61.0 + 62.0 + 97.0 + 97.2) / 4.0, (21.0 + 22.0 + 40.0 + 41.5) / 4.0]);
    let text = found.to_string();
    for piece in [
        "| over 2 tasks | interquartile mean, test accuracy, % | 95 % interval ",
        "Differences are to full; p by Student's test paired by seed, corrected by Holm for 2 \
         comparisons.",
    ] {
        assert!(text.contains(piece), "{piece}\n{text}");
    }
}

#[test]
fn the_papers_figures_stand_beside() {
    let found = found(&[
        ("mnist", "full", &[97.0]),
        ("mnist", "no-widths", &[20.0]),
        ("cifar10", "full", &[60.0]),
        ("cifar10", "no-centring", &[10.0]),
    ]);
    let paper: Vec<_> = found.cells.iter().map(|row| row.paper_difference).collect();
    assert_eq!(paper, [None, Some(-71.4), None, Some(-47.9)]);
    let text = found.to_string();
    for line in [
        "| mnist   | full             | 97.00            | 96.7     |",
        "| mnist   | − widths         | 20.00            | 25.3     | −77.00         | −71.4",
        "| cifar10 | full             | 60.00            | 61.7     |",
        "| cifar10 | − batch-centring | 10.00            | 13.8     | −50.00         | −47.9",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    // A single seed has no interval, and what nobody has is no column.
    assert!(!text.contains('±') && !text.contains("interval"), "{text}");
    // Not every part was removed, so there is no order.
    assert_eq!(found.importance, []);
}

#[test]
fn the_order_of_importance_is_that_of_the_losses() {
    let [m, c] = ["mnist", "cifar10"];
    let mut runs = vec![
        (m, "full", &[97.0][..]),
        (m, "no-centring", &[96.0]),
        (m, "no-widths", &[20.0]),
        (m, "no-asymmetry", &[97.5]),
        (c, "full", &[60.0]),
        (c, "no-centring", &[10.0]),
        (c, "no-widths", &[40.0]),
        (c, "no-asymmetry", &[55.0]),
    ];
    let text = found(&runs).to_string();
    for line in [
        "- mnist, most important first: widths (−77.00), batch-centring (−1.00), asymmetric \
         initialisation (+0.50); in the paper: widths (−71.4), batch-centring (−0.3), \
         asymmetric initialisation (+0.0)\n",
        "- cifar10, most important first: batch-centring (−50.00), widths (−20.00), asymmetric \
         initialisation (−5.00); in the paper: batch-centring (−47.9), widths (−15.1), \
         asymmetric initialisation (−5.5)\n",
        "- most important: widths on mnist, batch-centring on cifar10; in the paper: widths on \
         mnist, batch-centring on cifar10\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    (runs[5].2, runs[6].2) = (&[40.0], &[10.0]);
    let text = found(&runs).to_string();
    assert!(text.contains("- most important: widths on mnist, widths on cifar10; "), "{text}");
}
