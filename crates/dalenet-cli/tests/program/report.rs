//! What is told of runs: `analyse`, `report`, and the metrics they are made of.

use crate::helper::{Folder, assert_says};
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs};

/// Two seeds of one configuration, one of another, and a run of another task.
fn study() -> Folder {
    let folder = Folder::new();
    folder.squares("squares.npz", [300, 60]);
    let task = "train squares.npz --preset paper --set layers=[9,6] --set batch=10 --epochs 3";
    folder.ok(&format!("{task} --seed 0 --out runs/base/0"));
    folder.ok(&format!("{task} --seed 1 --out runs/base/1"));
    folder.ok(&format!("{task} --set centred=false --out runs/uncentred"));
    folder.ok("train xor --epochs 20 --out xor");
    folder
}

/// Every element is closed in the order it was opened.
pub fn assert_well_formed(html: &str) {
    const VOID: [&str; 1] = ["meta"];
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag ends");
        let name: String = tag.chars().take_while(|c| !c.is_whitespace() && *c != '>').collect();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name)),
            None if name.starts_with('!') || VOID.contains(&name.as_str()) => {}
            None if tag.ends_with('/') => {}
            None => open.push(name),
        }
    }
    assert!(open.is_empty(), "{open:?} are not closed");
}

/// Nothing is loaded from anywhere: all that is linked is in the page.
pub fn assert_self_contained(page: &str) {
    let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for outside in ["http:", "https:", "url(", "@import", "<script", "<link", "<iframe", "src="] {
        assert!(!page.contains(outside), "{outside}");
    }
    for link in page.split("href=\"").skip(1) {
        assert!(link.starts_with("data:image/png;base64,"), "{}", &link[..40]);
    }
}

fn svgs(page: &str) -> Vec<&str> {
    let starts = page.match_indices("<svg").map(|(at, _)| &page[at..]);
    starts.map(|rest| &rest[..rest.find("</svg>").expect("closed") + 6]).collect()
}

#[test]
fn a_report_is_one_page_with_every_figure() {
    let folder = study();
    let json = folder.ok("report runs xor --out pages/all.html --json").json();
    assert_eq!((&json["runs"], &json["groups"]), (&json!(4), &json!(3)));
    let page = folder.read("pages/all.html");
    assert_well_formed(&page);
    assert_self_contained(&page);
    let mut names = BTreeSet::from(
        ["learning", "loss", "accuracy", "attenuation", "alignment", "balance"].map(str::to_owned),
    );
    for group in 1..=3 {
        names.extend(["weights", "confusion"].map(|kind| format!("{kind}-{group}")));
    }
    // Squares are images, the patterns of xor are not.
    names.extend(["filters-1", "filters-2"].map(str::to_owned));
    let figures = svgs(&page);
    assert_eq!(figures.len(), names.len());
    for figure in &figures {
        let parsed = roxmltree::Document::parse(figure).expect("an SVG is XML");
        assert!(
            parsed
                .descendants()
                .any(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "title")))
        );
    }
    let paths: BTreeSet<String> =
        names.iter().map(|name| format!("pages/all/{name}.svg")).collect();
    let told = json["figures"].as_array().expect("paths").iter();
    let told: BTreeSet<String> = told.map(|path| path.as_str().expect("a path").into()).collect();
    assert_eq!(told, paths);
    for (svg, png) in paths.iter().zip(json["pictures"].as_array().expect("paths")) {
        let png = png.as_str().expect("a path");
        let bytes = fs::read(folder.path(&svg.replace(".svg", ".png"))).expect("a picture");
        assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 2000, "{png}");
        assert_eq!(bytes[16..20], 1280_u32.to_be_bytes(), "the width of {png}");
    }
    for (name, path) in names.iter().zip(&paths) {
        assert!(page.contains(&format!("<figure id=\"{name}\">")), "{name}");
        assert!(figures.contains(&folder.read(path).trim_end()), "{path} is the page's");
    }
    // The seeds of a configuration are one line of the table, with its command.
    assert_says(
        &page,
        &[
            "squares.npz, centred = false",
            "dalenet train squares.npz --preset paper --set 'layers=[9, 6]'",
            "seeds 0, 1",
            " ± ",
        ],
    );
}

#[test]
fn a_report_of_one_run_names_task_and_rule() {
    let folder = Folder::new();
    folder.ok("train xor --epochs 20 --seed 3 --out r");
    folder.ok("report r");
    let page = folder.read("report.html");
    assert_well_formed(&page);
    assert_self_contained(&page);
    assert_says(&page, &["xor by ed", "dalenet train xor --epochs 20 --seed 3"]);
    assert!(folder.path("report/learning.svg").is_file());
}

#[test]
fn a_report_replaces_a_report_and_nothing_else() {
    let folder = Folder::new();
    folder.ok("train xor --epochs 2 --out r");
    folder.ok("report r --out a.html");
    folder.ok("report r --out a.html");
    folder.write("thesis.html", "<p>years of work");
    assert_says(&folder.refused("report r --out thesis.html"), &["thesis.html", "--out"]);
    fs::create_dir(folder.path("b")).unwrap();
    folder.write("b/learning.svg", "<svg>drawn by hand</svg>");
    assert_says(&folder.refused("report r --out b.html"), &["b/learning.svg", "--out"]);
}

#[test]
fn names_are_escaped() {
    let folder = Folder::new();
    folder.squares("a&b.npz", [60, 30]);
    folder.ok("train a&b.npz --epochs 1 --set layers=[3] --out r");
    folder.ok("report r");
    let page = folder.read("report.html");
    assert_says(&page, &["a&amp;b.npz"]);
    assert!(!page.contains("a&b"), "an unescaped name");
    svgs(&page).into_iter().for_each(|svg| drop(roxmltree::Document::parse(svg).expect("XML")));
}

#[test]
fn an_analysis_tells_of_every_layer() {
    let folder = study();
    let said = folder.ok("analyse runs/base/0 --json");
    assert_says(&said.stdout, &["attenuation", "W_pn", "at the floor", "given →", "held out"]);
    let json = said.json();
    // A tenth of 300 samples is held out.
    assert_eq!(
        (&json["evaluation"]["samples"], &json["samples"]),
        (&json!(30), &json!("held out"))
    );
    let counts = json["evaluation"]["confusion"].as_array().expect("rows");
    let all: u64 =
        counts.iter().flat_map(|row| row.as_array().unwrap()).map(|n| n.as_u64().unwrap()).sum();
    assert_eq!((counts.len(), all), (3, 30));
    let metrics = folder.metrics("runs/base/0");
    let layers = json["layers"].as_array().expect("layers");
    assert_eq!(layers.len(), 3);
    for (layer, logged) in layers.iter().zip(metrics[2]["layers"].as_array().expect("logged")) {
        for key in ["signal", "attenuation", "alignment", "sign_agreement", "dead", "saturated"] {
            assert_eq!(layer[key], logged[key], "{key}: the checkpoint is that of the last epoch");
            assert!(layer[key].as_f64().is_some_and(f64::is_finite), "{key}");
        }
        for histogram in layer["weights"].as_array().expect("histograms") {
            let shares = histogram["shares"].as_array().expect("shares").iter();
            let sum: f64 = shares.map(|share| share.as_f64().unwrap()).sum();
            assert!((sum - 1.0).abs() < 1e-9);
        }
    }
    assert_eq!(layers[2]["alignment"], 1.0);
    assert_eq!(layers[0]["floor_share"].as_object().expect("parts").len(), 4);
    // Xor has nothing held out.
    assert_eq!(folder.ok("analyse xor --json").json()["samples"], "training");
}

#[test]
fn short_epochs_are_looked_at_after_powers_of_two_and_the_last() {
    let folder = Folder::new();
    folder.ok("train xor --epochs 11 --set stop_error=0 --out r");
    let looked = |epoch: &Value| epoch.get("layers").is_some();
    let metrics = folder.metrics("r");
    let looked: Vec<_> = (1..).zip(&metrics).filter(|(_, m)| looked(m)).map(|(i, _)| i).collect();
    assert_eq!(looked, [1, 2, 4, 8, 11]);
}

#[test]
fn confusion_matrices_are_in_the_result() {
    let folder = study();
    let result: Value = serde_json::from_str(&folder.read("runs/base/0/result.json")).unwrap();
    for (key, accuracy, samples) in [
        ("test_confusion", "test_accuracy", 60),
        ("validation_confusion", "validation_accuracy", 30),
    ] {
        let count = |i: usize, j: usize| result[key][i][j].as_u64().expect(key);
        let right: u64 = (0..3).map(|i| count(i, i)).sum();
        let all: u64 = (0..9).map(|i| count(i / 3, i % 3)).sum();
        assert_eq!(all, samples);
        assert_eq!(result[accuracy], right as f64 / samples as f64);
    }
}

/// Metrics and results of before layers were looked at.
#[test]
fn runs_of_older_versions_are_read() {
    let folder = Folder::new();
    folder.ok("train xor --epochs 3 --out r");
    for (file, keys) in [
        ("r/metrics.jsonl", &["layers"][..]),
        ("r/result.json", &["test_confusion", "validation_confusion"]),
    ] {
        let lines = folder.read(file);
        let older = lines.lines().map(|line| {
            let mut value: Value = serde_json::from_str(line).unwrap();
            keys.iter().for_each(|key| drop(value.as_object_mut().unwrap().remove(*key)));
            value.to_string() + "\n"
        });
        folder.write(file, older.collect::<String>());
    }
    folder.ok("report r");
    let page = folder.read("report.html");
    assert!(page.contains("id=\"learning\"") && !page.contains("id=\"alignment\""));
}

/// Where the output's error has become 0, the other layers have no strength beside it.
#[test]
fn a_run_whose_error_ended_at_zero_has_a_report() {
    let folder = Folder::new();
    folder.ok("train xor --epochs 4 --out r");
    let metrics = folder.read("r/metrics.jsonl");
    let mut lines: Vec<Value> =
        metrics.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let layers = lines.last_mut().expect("an epoch")["layers"].as_array_mut().expect("layers");
    layers[0]["attenuation"] = json!(0.0);
    layers[1]["signal"] = json!(0.0);
    layers[1]["attenuation"] = Value::Null;
    let lines: Vec<_> = lines.iter().map(Value::to_string).collect();
    folder.write("r/metrics.jsonl", lines.join("\n") + "\n");
    folder.ok("report r");
    let svg = folder.read("report/attenuation.svg");
    assert!(!svg.contains("inf") && !svg.contains("NaN"));
    assert_well_formed(&folder.read("report.html"));
}

#[test]
fn what_is_no_run_is_refused() {
    let folder = Folder::new();
    fs::create_dir(folder.path("empty")).unwrap();
    for path in ["empty", "nowhere"] {
        assert_says(&folder.refused(&format!("report {path}")), &["no run in", path]);
        assert_says(&folder.refused(&format!("analyse {path}")), &[path, "is not a run"]);
    }
    folder.ok("train xor --epochs 2 --out r");
    folder.write("r/metrics.jsonl", "{\"epoch\":1}\n");
    assert_says(&folder.refused("report r"), &["metrics.jsonl, line 1", "restore"]);
    fs::remove_file(folder.path("r/checkpoint.safetensors")).unwrap();
    assert_says(&folder.refused("analyse r"), &["no checkpoint", "--resume"]);
    folder.run("analyse");
    assert_says(&folder.refused("report"), &["<RUNS>"]);
}

/// One bad run does not cost the others their page.
#[test]
fn what_cannot_be_read_is_left_out_and_said() {
    let folder = Folder::new();
    for run in ["good", "metrics", "config", "checkpoint"] {
        folder.ok(&format!("train xor --epochs 20 --seed {} --out runs/{run}", run.len()));
    }
    folder.ok("train bandit --steps 1000 --envs 32 --set rollout=16 --out runs/agent");
    fs::create_dir_all(folder.path("runs/empty")).unwrap();
    folder.write("runs/metrics/metrics.jsonl", "{\"epoch\":1}\n");
    folder.write("runs/config/config.toml", "task = ");
    folder.write("runs/checkpoint/checkpoint.safetensors", "half a fi");
    fs::create_dir(folder.path("runs/begun")).unwrap();
    folder.write("runs/begun/config.toml", folder.ok("config xor --seed 77").stdout);
    let said = folder.ok("report runs nowhere --json");
    let json = said.json();
    let left_out = json["left_out"].as_array().expect("a list").iter();
    let left_out: BTreeSet<_> = left_out.map(|run| run["run"].as_str().expect("a path")).collect();
    assert_eq!(left_out, BTreeSet::from(["nowhere", "runs/config", "runs/metrics"]));
    assert_eq!(json["runs"], 4);
    assert_says(&said.stdout, &["report.html: 4 runs of ", ", 3 runs left out"]);
    let page = folder.read("report.html");
    assert_well_formed(&page);
    for (run, reason) in [
        ("runs/config", "is not a whole configuration"),
        ("runs/metrics", "metrics.jsonl, line 1"),
        ("nowhere", "no run in"),
    ] {
        assert_says(&said.stderr, &[&format!("warning: {run} is left out: "), reason]);
        assert_says(&page, &[&format!("<code>{run}</code>"), reason]);
    }

    // Of a run whose weights are lost the rest is shown.
    let said = folder.ok("report runs/checkpoint --json");
    assert_eq!((&said.json()["runs"], &said.json()["left_out"]), (&json!(1), &json!([])));
    assert_says(&said.stderr, &["no figures of the weights of runs/checkpoint: "]);
    assert_says(
        &folder.read("report.html"),
        &["Without figures of the weights", "id=\"learning\""],
    );

    let sentence = folder.refused("report runs/config runs/metrics --out none.html");
    assert_says(&sentence, &["no run can be shown", "runs/config", "1 more"]);
}

#[test]
fn one_rule_has_one_colour_in_every_figure() {
    let folder = Folder::new();
    folder.squares("squares.npz", [60, 30]);
    let colours = |rules: &[&str]| -> Vec<String> {
        for rule in rules {
            let _ = fs::remove_dir_all(folder.path(rule));
            folder.ok(&format!(
                "train squares.npz --rule {rule} --epochs 2 --set layers=[3] --out {rule}"
            ));
        }
        folder.ok(&format!("report {}", rules.join(" ")));
        let svg = folder.read("report/learning.svg");
        let legend = svg.split("<rect").skip(2).take(rules.len());
        let colour = |rect: &str| rect.split("fill=\"").nth(1).expect("a fill")[..7].to_owned();
        legend.map(colour).collect()
    };
    let (one, other) = (colours(&["ed", "bp", "dfa"]), colours(&["dfa", "ed"]));
    assert_eq!(one.iter().collect::<BTreeSet<_>>().len(), 3, "{one:?}");
    assert_eq!([&one[2], &one[0]], [&other[0], &other[1]]);
    // The same in every figure, and where one rule stands alone in two configurations.
    for figure in ["learning", "accuracy", "balance"] {
        assert!(folder.read(&format!("report/{figure}.svg")).contains(&one[0]), "{figure}");
    }
    let train = "train squares.npz --epochs 2 --set layers=[3]";
    folder.ok(&format!("{train} --set rate=1 --out slow"));
    folder.ok("report ed slow");
    for figure in ["learning", "accuracy", "balance"] {
        assert!(folder.read(&format!("report/{figure}.svg")).contains(&one[0]), "{figure}");
    }
}
