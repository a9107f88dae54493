//! What is said of agents: `report` and `analyse`.

use crate::{
    helper::{Folder, assert_says},
    report::{assert_self_contained, assert_well_formed},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A short training of cart-pole: 8 environments × 32 steps an update, minibatches of 64.
const SHORT: &str = "train cart-pole --steps 4096 --envs 8 --set rollout=32 --set minibatches=4 --set layers=[12,8]";

fn numbers<'a>(layers: &'a Value, key: &'a str) -> impl Iterator<Item = Option<f64>> + 'a {
    layers.as_array().expect("layers").iter().map(move |layer| layer[key].as_f64())
}

#[test]
fn data_sets_and_agents_stand_on_one_page() {
    let folder = Folder::new();
    for seed in [0, 1, 2] {
        for rule in ["bp", "ed"] {
            folder.ok(&format!("{SHORT} --rule {rule} --seed {seed} --out runs/{rule}{seed}"));
        }
    }
    folder.ok("train xor --epochs 20 --out runs/xor");
    let json = folder.ok("report runs --json").json();
    assert_eq!((&json["runs"], &json["groups"]), (&json!(7), &json!(3)));
    assert_eq!((&json["left_out"], &json["undrawn"]), (&json!([]), &json!([])));
    let page = folder.read("report.html");
    assert_well_formed(&page);
    assert_self_contained(&page);
    for figure in [
        "return",
        "final-return",
        "ppo-1",
        "agent-layers-1",
        "weights-1-actor",
        "weights-1-critic",
        "learning",
        "loss",
        "accuracy",
        "balance",
    ] {
        assert_says(&page, &[&format!("<figure id=\"{figure}\">")]);
    }
    let drawn = |figure: &str, text: &str| {
        let svg = folder.read(&format!("report/{figure}.svg"));
        let svg = roxmltree::Document::parse(&svg).expect("XML");
        let mut texts = svg.descendants().filter_map(|node| node.text());
        assert!(texts.any(|found| found.trim() == text), "no {text:?} in {figure}");
    };
    for text in ["entropy of the policy", "KL(old ‖ new)", "value loss", "explained variance"] {
        drawn("ppo-1", text);
    }
    drawn("return", "steps of all environments");
    drawn("agent-layers-1", "actor");
    drawn("agent-layers-1", "critic");
    // Seeds are paired, and there is one comparison.
    assert_says(
        &page,
        &["paired by seed", "corrected by Holm", "dalenet train cart-pole --rule bp"],
    );
}

/// The points of the thick line in a figure with one curve, from left to right.
fn curve(svg: &str) -> Vec<[f64; 2]> {
    let lines = svg.split("<polyline").skip(1).filter(|line| line.contains("stroke-width=\"2\""));
    let line = lines.last().expect("a curve");
    let points = line.split("points=\"").nth(1).expect("points").split('"').next().expect("points");
    let point = |point: &str| {
        let (x, y) = point.split_once(',').expect("a pair");
        [x, y].map(|number| number.parse().expect("a number"))
    };
    points.split_whitespace().map(point).collect()
}

/// Where an axis has this label, in pixels from the top.
fn height_of(svg: &str, label: &str) -> f64 {
    let svg = roxmltree::Document::parse(svg).expect("XML");
    let text = svg.descendants().find(|node| node.text().is_some_and(|text| text.trim() == label));
    text.expect(label).attribute("y").expect("a place").parse().expect("a number")
}

/// Backpropagation learns to balance the pole for all 500 steps, and the figure shows it.
#[test]
fn the_return_of_cart_pole_rises_to_500() {
    let folder = Folder::new();
    folder.ok("train cart-pole --rule bp --seed 1 --out r");
    let recent = |update: &Value| update["recent_return"].as_f64();
    let metrics = folder.metrics("r");
    let last = recent(metrics.last().expect("updates")).expect("episodes have ended");
    assert!(last > 475.0, "{last}");
    folder.ok("report r");
    let svg = folder.read("report/return.svg");
    let points = curve(&svg);
    let (first, end) = (points[0], points[points.len() - 1]);
    let (low, high) = (height_of(&svg, "0"), height_of(&svg, "400"));
    let value = |y: f64| 400.0 * (low - y) / (low - high);
    assert!(value(first[1]) < 100.0 && (value(end[1]) - last).abs() < 15.0, "{points:?}");
    assert!(points.is_sorted_by(|a, b| a[0] <= b[0]), "over steps");
}

#[test]
fn an_analysis_is_of_actor_and_critic() {
    let folder = Folder::new();
    for rule in ["ed", "bp"] {
        folder.ok(&format!("{SHORT} --rule {rule} --out {rule}"));
    }
    let said = folder.ok("analyse ed --json");
    assert_says(&said.stdout, &["actor", "critic", "alignment", "at the floor", "64 transitions"]);
    let json = said.json();
    assert_eq!(
        (&json["task"], &json["rule"], &json["samples"]),
        (&json!("cart-pole"), &json!("ed"), &json!(64))
    );
    assert_eq!(folder.ok("analyse ed --json").stdout, said.stdout, "the same each time");
    for network in ["actor", "critic"] {
        let layers = &json[network];
        let alignment: Vec<_> = numbers(layers, "alignment").map(Option::unwrap).collect();
        assert_eq!(alignment.len(), 3);
        // The output layer is taught by the error itself, and hidden ones roughly.
        assert_eq!(alignment[2], 1.0);
        assert!(alignment.iter().all(|cosine| cosine.abs() <= 1.0) && alignment[0] < 0.999);
        assert_eq!(numbers(layers, "attenuation").last(), Some(Some(1.0)));
        assert!(
            numbers(layers, "sign_agreement")
                .all(|share| share.is_some_and(|s| (0.0..=1.0).contains(&s)))
        );
        assert!(numbers(layers, "ei_ratio").all(|ratio| ratio.is_some_and(|ratio| ratio > 0.0)));
        let parts = layers[0]["floor_share"].as_object().expect("sub-matrices");
        assert_eq!(parts.keys().collect::<BTreeSet<_>>().len(), 4);
        // Backpropagation is its own true gradient.
        let json = folder.ok("analyse bp --json").json();
        assert!(numbers(&json[network], "alignment").all(|cosine| cosine.unwrap() > 0.9999));
        assert!(numbers(&json[network], "sign_agreement").all(|share| share == Some(1.0)));
    }
}

#[test]
fn an_agent_without_a_checkpoint_is_refused() {
    let folder = Folder::new();
    folder.ok(&format!("{SHORT} --out r"));
    std::fs::remove_file(folder.path("r/checkpoint.safetensors")).unwrap();
    assert_says(&folder.refused("analyse r"), &["no checkpoint", "--resume"]);
    // The page has what its metrics say.
    folder.ok("report r");
    let page = folder.read("report.html");
    assert!(page.contains("id=\"return\"") && !page.contains("id=\"agent-layers-1\""));
}

/// Metrics of before the mean of the last 100 episodes was measured.
#[test]
fn returns_of_older_agents_are_drawn() {
    let folder = Folder::new();
    folder.ok(&format!("{SHORT} --out r"));
    let older = folder.metrics("r").into_iter().map(|mut update| {
        let keys = update.as_object_mut().expect("an object");
        for key in ["recent_return", "recent_episodes"] {
            keys.remove(key).expect(key);
        }
        update.to_string() + "\n"
    });
    folder.write("r/metrics.jsonl", older.collect::<String>());
    folder.ok("report r");
    assert!(curve(&folder.read("report/return.svg")).len() > 3);
}
