//! Inputs on which an earlier version failed.

use std::path::{Path, PathBuf};

use dalenet_data::{Dataset, Source, TestSet, load, load_test};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/cases/{name}.npz"))
}

fn case(name: &str) -> Result<Dataset, String> {
    load(&Source::Npz(path(name)), None, &mut ()).map_err(|error| error.to_string())
}

fn test_case(name: &str, classes: &[String]) -> Result<TestSet, String> {
    let set = load_test(&Source::Npz(path(name)), classes, None, &mut ());
    set.map_err(|error| error.to_string())
}

fn has_note(data: &Dataset, text: &str) -> bool {
    data.notes.iter().any(|note| note.contains(text))
}

#[test]
fn what_numpy_reads_is_read() {
    for name in ["npy-headers-python2", "npy-headers-spaces", "half-floats"] {
        let data = case(name).unwrap();
        assert_eq!((data.train.len(), data.test.len(), data.shape.len()), (60, 30, 12), "{name}");
        assert_eq!(data.classes, ["0", "1", "2"]);
    }
    let one_hot = case("one-hot-and-names-onehot").unwrap();
    let names = case("one-hot-and-names-names").unwrap();
    assert_eq!(one_hot.classes, ["0", "1", "2"]);
    assert_eq!(names.classes.len(), 3);
    assert!(names.classes.is_sorted());
}

#[test]
fn gaps_in_the_labels_are_mapped_and_said() {
    let data = case("label-ids").unwrap();
    assert_eq!(data.classes, ["1", "2", "65535"]);
    assert_eq!(data.train.labels().iter().max(), Some(&2));
    assert!(has_note(&data, "1, 2, 65535 are the classes, under these names"));
}

#[test]
fn a_single_class_and_a_class_never_trained_on_are_refused() {
    let error = case("one-class").unwrap_err();
    assert!(error.contains("y_train has label 5 only"), "{error}");
    let error = case("test-set-ignored").unwrap_err();
    assert!(error.contains("y_test has class 5 at [0], which y has not"), "{error}");
}

#[test]
fn a_test_set_may_lack_classes_and_a_training_set() {
    let classes = case("eval-fewer-classes-d").unwrap().classes;
    for (name, count) in [("two-of-three", 20), ("test-only", 30), ("xy", 30)] {
        let set = test_case(&format!("eval-fewer-classes-{name}"), &classes).unwrap();
        assert_eq!(set.test.len(), count, "{name}");
        assert_eq!(set.identity.path.unwrap(), path(&format!("eval-fewer-classes-{name}")));
    }
    let error = test_case("eval-fewer-classes-xy", &classes[..2]).unwrap_err();
    assert!(error.contains("y has class 2 at ["), "{error}");
    let two = test_case("eval-fewer-classes-two-of-three", &classes).unwrap();
    assert_eq!(two.notes, ["1 of 3 classes have no example in y_test: 2"]);
}

#[test]
fn channels_first_and_unscaled_pixels_are_said() {
    assert!(has_note(&case("channels-first").unwrap(), "looks like channels first"));
    assert!(has_note(&case("unscaled-pixels-floats").unwrap(), "look like bytes"));
    for fine in ["channels-last", "unscaled-pixels-bytes"] {
        let notes = case(fine).unwrap().notes;
        assert!(notes.is_empty(), "{fine}: {notes:?}");
    }
}
