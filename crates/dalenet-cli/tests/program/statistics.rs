//! What several seeds say, against closed forms.

use crate::helper::{Folder, assert_says};
use serde_json::Value;

const COMPARE: &str = "compare squares.npz circles.npz --rules ed,dfa,bp --epochs 2 --set layers=[9] --seeds 3 --json";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 60]);
    folder.squares("circles.npz", [60, 45]);
    folder
}

fn scores(cell: &Value) -> Vec<f64> {
    let scores = cell["scores"].as_array().expect("scores").iter();
    scores.map(|score| score["score"].as_f64().expect("a number")).collect()
}

fn mean_and_deviation(values: &[f64]) -> [f64; 2] {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    [mean, (squares / (values.len() - 1) as f64).sqrt()]
}

fn assert_near(value: &Value, expected: f64) {
    let value = value.as_f64().expect("a number");
    assert!((value - expected).abs() < 1e-6 * expected.abs().max(1.0), "{value}, not {expected}");
}

/// Of two degrees of freedom the distribution of t has a closed form: P(|t| > x) = 1 − x/√(2 + x²), of which
/// 4.302653 leaves 5 %.
#[test]
fn three_seeds_have_students_intervals_and_tests() {
    let folder = folder();
    let said = folder.ok(COMPARE);
    let json = said.json();
    let cells = json["cells"].as_array().expect("cells");
    let t_95 = (2.0_f64 * 0.95 * 0.95 / (1.0 - 0.95 * 0.95)).sqrt();
    let mut corrected = Vec::new();
    for cell in cells {
        let values = scores(cell);
        let [mean, std] = mean_and_deviation(&values);
        let reach = t_95 * std / 3_f64.sqrt();
        assert_near(&cell["interval"][0], mean - reach);
        assert_near(&cell["interval"][1], mean + reach);
        let reference = cells.iter().find(|other| other["task"] == cell["task"]).expect("a cell");
        if cell["cell"] == "ed" {
            assert_eq!((&cell["reference"], &cell["test"]), (&Value::Null, &Value::Null));
            continue;
        }
        assert_eq!(cell["reference"], "ed");
        let pairs = values.iter().zip(scores(reference));
        let [mean, std] = mean_and_deviation(&pairs.map(|(a, b)| a - b).collect::<Vec<_>>());
        assert_near(&cell["difference"]["mean"], mean);
        if std == 0.0 {
            assert_eq!(cell["test"], Value::Null);
            continue;
        }
        let t = mean / (std / 3_f64.sqrt());
        assert_eq!(cell["test"]["method"], "paired");
        assert_near(&cell["test"]["t"], t);
        let p = 1.0 - t.abs() / (2.0 + t * t).sqrt();
        assert_near(&cell["test"]["p"], p);
        corrected.push((p, cell["test"]["p_holm"].as_f64().expect("a number")));
    }
    assert!(corrected.len() >= 2, "{cells:?}");
    corrected.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut largest = 0.0_f64;
    for (i, (p, holm)) in corrected.iter().enumerate() {
        largest = largest.max(((corrected.len() - i) as f64 * p).min(1.0));
        assert!((holm - largest).abs() < 1e-9, "{corrected:?}");
    }
    assert_says(&said.stdout, &["| 95 % interval", "corrected by Holm for", "| p "]);
}

#[test]
fn several_tasks_have_interquartile_means_and_profiles() {
    let folder = folder();
    let said = folder.ok(COMPARE);
    let json = said.json();
    let aggregation = &json["aggregation"];
    assert_eq!((&aggregation["scale"], &aggregation["tasks"]), (&"accuracy".into(), &2.into()));
    for row in aggregation["rules"].as_array().expect("rules") {
        let cells = json["cells"].as_array().expect("cells").iter();
        let mut all: Vec<_> =
            cells.filter(|cell| cell["cell"] == row["rule"]).flat_map(scores).collect();
        all.sort_by(f64::total_cmp);
        assert_eq!(all.len(), 6);
        let iqm = all[1..5].iter().sum::<f64>() / 4.0;
        assert_near(&row["iqm"], iqm);
        let interval = [0, 1].map(|end| row["interval"][end].as_f64().expect("a number"));
        assert!(interval[0] <= iqm + 1e-9 && iqm <= interval[1] + 1e-9, "{row}");
    }
    assert_says(&said.stdout, &["over 2 tasks", "interquartile mean, test accuracy, %"]);
    let study = "runs/compare-squares-circles";
    let svg = folder.read(&format!("{study}/profiles.svg"));
    roxmltree::Document::parse(&svg).expect("XML");
    folder.ok(&format!("report {study}"));
    assert_says(
        &folder.read("report.html"),
        &["id=\"profiles-1\"", "Over 2 tasks", "stratified by task"],
    );

    // One task, or one rule, is not aggregated.
    let one =
        folder.ok("compare squares.npz --rules ed,bp --epochs 1 --set layers=[9] --seeds 1 --json");
    assert_eq!(one.json()["aggregation"], Value::Null);
}
