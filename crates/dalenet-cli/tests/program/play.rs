//! Pages on what was learnt.

use crate::helper::{Folder, array, assert_says, floats};

/// A page needs no other file and no network.
fn assert_stands_alone(page: &str) {
    for link in ["http://", "https://", "<link rel=\"stylesheet\"", "src=\"//", "@import"] {
        let own = page.replace("http://www.w3.org/", "").replace("https://threejs.org", "");
        assert!(!own.contains(&format!("href=\"{link}")), "{link}");
        assert!(!own.contains(&format!("src=\"{link}")), "{link}");
        assert!(!own.contains(&format!("url({link}")), "{link}");
    }
}

/// The probabilities that are written under the pictures, in percent.
fn confidences(page: &str) -> Vec<f64> {
    let parts = page.split("probability of the class that it is given\">").skip(1);
    parts.map(|part| part.split(" %").next().unwrap().parse().unwrap()).collect()
}

/// Oracle: `dalenet analyse` counts what is right among the same held-out samples.
#[test]
fn mistakes_are_shown_the_most_confident_first() {
    let folder = Folder::new();
    folder.squares("squares.npz", [600, 60]);
    folder.ok("train squares.npz --epochs 1 --set layers=[3] --set rate=0.5 --out r");
    let said = folder.ok("play r --out page.html --json").json();
    let evaluation = &folder.ok("analyse r --json").json()["evaluation"];
    let samples = evaluation["samples"].as_f64().unwrap();
    let right = (samples * evaluation["accuracy"].as_f64().unwrap()).round();
    let wrong = said["wrong"].as_f64().unwrap();
    assert_eq!((said["samples"].as_f64().unwrap(), wrong), (samples, samples - right));
    assert!(wrong > 0.0, "{said}");

    let page = folder.read("page.html");
    assert_stands_alone(&page);
    assert_eq!(page.matches("<figure>").count() as f64, wrong.min(96.0));
    assert_eq!(page.matches("data:image/png;base64").count(), page.matches("<figure>").count());
    let confidences = confidences(&page);
    assert_eq!(confidences.len(), page.matches("<figure>").count());
    assert!(confidences.is_sorted_by(|a, b| a >= b), "{confidences:?}");
    assert!(confidences.iter().all(|share| (33.0..=100.0).contains(share)), "{confidences:?}");

    assert_says(&folder.refused("play r --out page.html"), &["page.html exists already", "--out"]);
    assert_says(&folder.refused("play r --out other.html --seed 3"), &["seed", "leave it out"]);
}

#[test]
fn two_inputs_have_a_decision_boundary() {
    let folder = Folder::new();
    folder.ok("train xor --rule kaneko --out xor");
    assert_eq!(folder.ok("play xor --out xor.html --json").json()["wrong"], 0);
    let page = folder.read("xor.html");
    assert_says(&page, &["Decision boundary", "0 of 4 training samples are wrong"]);
    assert_eq!(page.matches("<circle").count(), 4);
    assert_stands_alone(&page);

    // Two features of one's own, which two lines part; 100 samples, of which 10 are held out.
    let points: Vec<f32> =
        (0..100).flat_map(|i| [(i % 10) as f32, (i / 10) as f32 - 40.0]).collect();
    let labels: Vec<u8> = (0..100).map(|i| u8::from(i % 10 > 4)).collect();
    let arrays = [("x", floats(&[100, 2], &points)), ("y", array("|u1", &[100], &labels))];
    folder.npz("plane.npz", &arrays);
    folder.ok("train plane.npz --epochs 2 --set layers=[4] --set input=standard --out plane");
    folder.ok("play plane --out plane.html");
    assert_says(&folder.read("plane.html"), &["Decision boundary", "held-out samples"]);
    // Three are no plane.
    folder.ok("train parity --bits 3 --epochs 2 --out parity");
    folder.ok("play parity --out parity.html");
    let page = folder.read("parity.html");
    assert!(!page.contains("Decision boundary") && page.contains("of 8 training samples"));
}

/// A page of what is all right has what is the least certain.
#[test]
fn there_is_something_to_see_where_nothing_is_wrong() {
    let folder = Folder::new();
    folder.squares("squares.npz", [1200, 60]);
    folder.ok("train squares.npz --epochs 15 --set layers=[40] --out r");
    assert_eq!(folder.ok("play r --out page.html --json").json()["wrong"], 0);
    let page = folder.read("page.html");
    assert_says(&page, &["All right, the least certain first", "0 of 120 held-out samples"]);
    assert_eq!(page.matches("<figure>").count(), 24);
    let confidences = confidences(&page);
    assert!(confidences.is_sorted_by(|a, b| a <= b), "{confidences:?}");
}

#[test]
fn a_pole_is_seen_to_be_balanced() {
    let folder = Folder::new();
    folder.ok("train cart-pole --steps 3000 --out r");
    let said = folder.ok("play r --out pole.html --seed 4 --json").json();
    // Every step of cart-pole is worth 1.
    assert_eq!(said["steps"].as_f64(), said["return"].as_f64());
    let page = folder.read("pole.html");
    assert_says(&page, &["Gymnasium's CartPole-v1", "\"links\":2", "from seed 4, return"]);
    assert!(page.contains(&format!("\"frames\":{},", said["steps"])), "{said}");
    assert_stands_alone(&page);
}

#[test]
fn agents_come_with_the_program() {
    let folder = Folder::new();
    let said = folder.ok("play brax/HalfCheetah --out walk.html --json").json();
    assert_eq!(said["steps"], 1000);
    assert!(said["return"].as_f64().unwrap() > 4500.0, "{said}");
    let page = folder.read("walk.html");
    assert_says(&page, &["brax/half-cheetah", "PPO with ed", "1000 steps from seed 0"]);
    assert_stands_alone(&page);
    // Another seed is another episode, and a run of that name goes first.
    let other = folder.ok("play brax/half-cheetah --seed 1 --out other.html --json").json();
    assert_ne!(other["return"], said["return"]);
    folder.ok("train cart-pole --steps 2000 --envs 8 --out brax/half-cheetah");
    let own = folder.ok("play brax/half-cheetah --out own.html --json").json();
    assert!(own["steps"].as_u64().unwrap() <= 500, "{own}");
    assert_says(&folder.refused("play cart-pole"), &["cart-pole is not a run", "`dalenet train`"]);
}
