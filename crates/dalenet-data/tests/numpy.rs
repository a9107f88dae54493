//! Whatever NumPy wrote is read as NumPy reads it: the files and what is in them come from
//! `scripts/npz_fixtures.py`.

use std::fs;
use std::path::{Path, PathBuf};

use dalenet_data::{Dataset, Error, Source, Split, load};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/numpy")
}

fn load_fixture(name: &str) -> Result<Dataset, Error> {
    load(&Source::Npz(folder().join(format!("{name}.npz"))), None, &mut ())
}

/// All examples, N×D.
fn all(split: &Split) -> Vec<f32> {
    let mut values = vec![0.0; split.len() * split.width()];
    let indices: Vec<u32> = (0..split.len() as u32).collect();
    split.gather(&indices, &mut values);
    values
}

fn numbers(list: &Value) -> Vec<f32> {
    list.as_array().unwrap().iter().map(|n| n.as_f64().unwrap() as f32).collect()
}

#[test]
fn everything_is_read_as_numpy_reads_it() {
    let expected = fs::read_to_string(folder().join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let expected = expected.as_object().unwrap();
    assert!(expected.len() > 70);
    for (name, expected) in expected {
        let data = load_fixture(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let classes: Vec<&str> =
            expected["classes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        assert_eq!(data.classes, classes, "{name}");
        let shape = [data.shape.height, data.shape.width, data.shape.channels];
        assert_eq!(shape, [2, 3, 2], "{name}");
        for (split, examples, labels) in
            [(&data.train, "train", "train_labels"), (&data.test, "test", "test_labels")]
        {
            assert_eq!(all(split), numbers(&expected[examples]), "{name}");
            let labels = numbers(&expected[labels]);
            let found: Vec<f32> = split.labels().iter().map(|&l| f32::from(l)).collect();
            assert_eq!(found, labels, "{name}");
        }
        assert_eq!(data.validation.is_some(), name == "names_medmnist");
    }
    let validation = load_fixture("names_medmnist").unwrap().validation.unwrap();
    assert_eq!(validation.labels(), [0, 2, 1, 0]);
}

#[test]
fn what_is_refused_says_why_in_one_sentence() {
    let digitize =
        "with several examples of each (np.digitize makes classes of a continuous quantity)";
    let expected = [
        (
            "regression",
            "y_train is 0.25 at [0]; give labels that are whole numbers or names (np.digitize \
             makes classes of a continuous quantity)",
        ),
        (
            "regression_whole",
            &format!(
                "y has 300 different values in 300 examples, as a continuous quantity has; \
                 give class labels, {digitize}"
            ),
        ),
        (
            "many_labels",
            "y_train of shape [6, 3] is not one-hot: row 0 has more than one 1; \
             give each example exactly one label",
        ),
        (
            "soft_labels",
            "y_train of shape [6, 2] is not one-hot: it is 0.5 at [0, 0]; \
             give each example exactly one label",
        ),
        (
            "no_label",
            "y_train of shape [6, 2] is not one-hot: row 0 has no 1; \
             give each example exactly one label",
        ),
        ("one_class", "y_train has label 5 only; give labels of at least two classes"),
        ("one_name", "y_train has label cat only; give labels of at least two classes"),
        (
            "records",
            "y_train has values of type record; \
             convert it to an integer type, float32 or float64 before saving",
        ),
        (
            "dates",
            "y_train has values of type <M8[s]; \
             convert it to an integer type, float32 or float64 before saving",
        ),
        (
            "new_class",
            "y_test has class 7 at [1], which y has not; train on examples of every class",
        ),
        (
            "complex",
            "x_train has values of type <c8; \
             convert it to an integer type, float32 or float64 before saving",
        ),
        (
            "objects",
            "y_train holds pickled Python objects, not labels; \
             convert it with astype(str) or astype(int) before saving",
        ),
    ];
    for (name, sentence) in expected {
        let error = load_fixture(&format!("refused_{name}")).expect_err(name).to_string();
        let (_, found) = error.split_once(".npz: ").unwrap();
        assert_eq!(found, sentence, "{name}");
    }
}

#[test]
fn what_is_noticed_is_said_in_one_sentence() {
    let expected = [
        ("note_unused", "has arrays that are not used: x_mean, info"),
        ("note_absent", "2 of 3 classes have no example in y_test: 0, 1"),
        (
            "note_channels_first",
            "x_train of shape N×3×8×8 looks like channels first, but is read as N×H×W×C: \
             np.moveaxis(x_train, 1, -1) puts the channels last",
        ),
        (
            "note_unscaled",
            "the values of x_train go from 0 to 255, look like bytes, and are taken as they are",
        ),
        (
            "note_scales",
            "the values of x_test go from 0 to 255, those of x_train from 0 to 1: \
             both should be scaled alike",
        ),
        ("note_binary", "x_train is uint8, which is divided by 255, but its largest value is 1"),
        ("labels_gaps", "the labels of y_train are not 0 to 2: 1, 2, 65535 are the classes"),
    ];
    for (name, sentence) in expected {
        let notes = load_fixture(name).unwrap().notes;
        assert!(notes.iter().any(|note| note.contains(sentence)), "{name}: {notes:?}");
    }
    for (name, absent) in [("version_1", "1"), ("labels_text", "ape")] {
        let notes = load_fixture(name).unwrap().notes;
        let [scale, classes] = &notes[..] else { panic!("{name}: {notes:?}") };
        assert!(scale.contains("go from 0 to 100 and are taken as they are"), "{scale}");
        assert_eq!(*classes, format!("1 of 3 classes have no example in y_test: {absent}"));
    }
}
