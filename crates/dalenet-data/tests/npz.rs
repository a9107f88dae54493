//! A user's own `.npz`: what is read, and what is said about a file that cannot be used. The
//! files were written by NumPy, by `fixtures/make_fixtures.py`.

use std::fs;
use std::path::{Path, PathBuf};

use dalenet_data::{Dataset, Error, Shape, Source, Split, load};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn load_fixture(name: &str) -> Result<Dataset, Error> {
    load(&Source::Npz(fixture(name)), None, &mut ())
}

/// All examples, N×D.
fn all(split: &Split) -> Vec<f32> {
    let mut values = vec![0.0; split.len() * split.width()];
    let indices: Vec<u32> = (0..split.len() as u32).collect();
    split.gather(&indices, &mut values);
    values
}

/// What is said about a fixture that cannot be used, without the folder.
fn refusal(name: &str) -> String {
    let error = load_fixture(name).expect_err(name).to_string();
    let folder = format!("{}", fixture("").display());
    error.replace(&folder, "")
}

#[test]
fn bytes_are_read_as_value_over_255() {
    for name in ["bytes.npz", "compressed.npz", "fortran_bytes.npz"] {
        let data = load_fixture(name).unwrap();
        let (height, width, channels) = (2, 2, 1);
        let shape = Shape { height, width, channels };
        assert_eq!(data.shape, shape, "{name}");
        assert_eq!(data.classes, ["0", "1"], "{name}");
        assert_eq!(data.train.labels(), [0, 1, 1], "{name}");
        assert_eq!(data.test.labels(), [1, 0], "{name}");
        let over_255 = |n: u8| f32::from(n) / 255.0;
        let train: Vec<f32> = (0..12).map(over_255).collect();
        let test: Vec<f32> = (100..108).map(over_255).collect();
        assert_eq!(all(&data.train), train, "{name}");
        assert_eq!(all(&data.test), test, "{name}");
    }
}

#[test]
fn floats_are_read_as_they_are() {
    for name in ["float32.npz", "float64.npz"] {
        let data = load_fixture(name).unwrap();
        assert_eq!((data.shape.len(), data.shape.channels), (4, 4), "{name}");
        assert_eq!(data.train.labels(), [0, 1, 1], "{name}");
        assert_eq!(data.test.labels(), [1, 0], "{name}");
        let expected: Vec<f32> = (0..12).map(|n| n as f32 - 2.5).collect();
        assert_eq!(all(&data.train), expected, "{name}");
    }
}

#[test]
fn every_type_of_number_in_either_byte_order() {
    let signed = "big_float32 big_float64 big_int16 big_int64 int16 int32 int8";
    let unsigned = "big_uint32 uint16 uint64";
    for (types, last) in [(signed, -7.0), (unsigned, 11.0)] {
        for name in types.split(' ') {
            let data = load_fixture(&format!("type_{name}.npz")).unwrap();
            let Shape { height, width, channels } = data.shape;
            assert_eq!((height, width, channels), (1, 2, 3), "{name}");
            let mut expected: Vec<f32> = (0..12).map(|n| n as f32).collect();
            expected[11] = last;
            assert_eq!(all(&data.train), expected, "{name}");
            assert_eq!(all(&data.test), expected[..6], "{name}");
            assert_eq!(data.train.labels(), [0, 1], "{name}");
        }
    }
}

#[test]
fn without_a_test_set_a_fixed_sixth_becomes_one_and_it_is_said() {
    let data = load_fixture("no_test.npz").unwrap();
    assert_eq!((data.train.len(), data.test.len()), (10, 2));
    let note = &data.notes[0];
    let end = "a fixed sixth of x, 2 examples, is held out as one";
    assert!(note.ends_with(end), "{note}");

    let mut values = [all(&data.train), all(&data.test)].concat();
    values.sort_by(f32::total_cmp);
    assert_eq!(values, (0..12).map(|n| n as f32).collect::<Vec<f32>>());
    for split in [&data.train, &data.test] {
        for (value, label) in all(split).iter().zip(split.labels()) {
            assert_eq!(*value as u16 % 3, *label);
        }
    }
    let again = load_fixture("no_test.npz").unwrap();
    assert_eq!(again.test.rows(), data.test.rows());
}

#[test]
fn what_was_refused_once_is_read() {
    let one_hot = load_fixture("one_hot.npz").unwrap();
    assert_eq!(one_hot.train.labels(), [0, 1, 1]);
    let negative = load_fixture("negative.npz");
    assert_eq!(negative.unwrap().classes, ["-1", "0", "1"]);
    let huge = load_fixture("huge_label.npz").unwrap();
    assert_eq!(huge.classes, ["0", "1", "65536"]);
    assert_eq!(huge.train.labels(), [0, 1, 2]);
}

#[test]
fn what_cannot_be_used_is_said_in_one_sentence() {
    let expected = [
        (
            "no_arrays.npz",
            "no_arrays.npz has no array x_train (it holds no arrays); \
             save x_train, y_train, x_test and y_test, or x and y",
        ),
        (
            "missing_y_train.npz",
            "missing_y_train.npz has no array y_train (it holds x_train, labels); \
             save x_train, y_train, x_test and y_test, or x and y",
        ),
        (
            "missing_y_test.npz",
            "missing_y_test.npz has no array y_test (it holds x_train, y_train, x_test); \
             save x_train, y_train, x_test and y_test, or x and y",
        ),
        (
            "flat.npz",
            "flat.npz: x_train has the shape [12]; give it the shape N×D, N×H×W or N×H×W×C, \
             N being the number of examples",
        ),
        (
            "lengths.npz",
            "lengths.npz: y_train has 2 labels, but x_train has 3 examples; \
             give each example one label",
        ),
        (
            "nan.npz",
            "nan.npz: x_train is NaN at [1, 2]; replace such values or drop their examples",
        ),
        (
            "infinite.npz",
            "infinite.npz: x_test is infinite or too large for float32 at [0, 3]; \
             replace such values or drop their examples",
        ),
        (
            "not_whole.npz",
            "not_whole.npz: y_train is 0.5 at [2]; give labels that are whole numbers or names \
             (np.digitize makes classes of a continuous quantity)",
        ),
        (
            "test_label.npz",
            "test_label.npz: y_test has class 2 at [1], which y_train has not; \
             train on examples of every class",
        ),
        (
            "empty.npz",
            "empty.npz: x_train is empty, of shape [0, 2, 2]; \
             give it at least one example of at least one value",
        ),
        (
            "one_class.npz",
            "one_class.npz: y_train has label 0 only; give labels of at least two classes",
        ),
        ("one_example.npz", "one_example.npz: x has only one example; give at least two"),
        (
            "test_shape.npz",
            "test_shape.npz: x_test has examples of 1×4×1, but those of x_train are of 2×2×1; \
             give both the same shape",
        ),
        (
            "test_type.npz",
            "test_type.npz: x_test and x_train differ in type, and only uint8 is divided by \
             255; convert both to uint8 or both to float32",
        ),
        (
            "object.npz",
            "object.npz: x_train holds pickled Python objects, not numbers; make all rows \
             equally long and convert it to a numeric type before saving",
        ),
        (
            "text.npz",
            "text.npz: x_train has values of type <U1; \
             convert it to an integer type, float32 or float64 before saving",
        ),
        (
            "half.npz",
            "half.npz: x_test and x_train differ in type, and only uint8 is divided by 255; \
             convert both to uint8 or both to float32",
        ),
        (
            "record.npz",
            "record.npz: x_train has values of type record; \
             convert it to an integer type, float32 or float64 before saving",
        ),
        (
            "declares_terabytes.npz",
            "declares_terabytes.npz: x_train has fewer values than its shape \
             [1048576, 1048576] says; write the file again with numpy.savez",
        ),
        (
            "declares_too_much_to_count.npz",
            "declares_too_much_to_count.npz: x_train has a header that is not understood: \
             {'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 1099511627776), \
             }; write the file again with numpy.savez",
        ),
        (
            "declares_too_little.npz",
            "declares_too_little.npz: x_train has more values than its shape [1, 2] says; \
             write the file again with numpy.savez",
        ),
    ];
    for (name, sentence) in expected {
        assert_eq!(refusal(name), sentence);
    }
}

#[test]
fn an_absent_file_is_named() {
    let sentence = refusal("nowhere.npz");
    let start = "could not read nowhere.npz: ";
    assert!(sentence.starts_with(start), "{sentence}");
    assert!(sentence.ends_with("; check the path"), "{sentence}");
}

/// Writes `content` to a file of its own and loads it; only a panic can fail.
fn load_bytes(path: &Path, content: &[u8]) -> Result<Dataset, Error> {
    fs::write(path, content).unwrap();
    load(&Source::Npz(path.to_owned()), None, &mut ())
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.npz");
    for name in ["bytes.npz", "compressed.npz"] {
        let whole = fs::read(fixture(name)).unwrap();
        for length in 0..whole.len() {
            let cut = load_bytes(&path, &whole[..length]);
            let error = cut.expect_err(&format!("{name} cut to {length} bytes"));
            let sentence = error.to_string();
            assert!(sentence.contains("is not a readable .npz file"), "{sentence}");
        }
    }
}

#[test]
fn a_file_with_any_byte_changed_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("changed.npz");
    for name in ["bytes.npz", "compressed.npz", "float64.npz"] {
        let whole = fs::read(fixture(name)).unwrap();
        let expected = all(&load_fixture(name).unwrap().train);
        for at in 0..whole.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[at] ^= change;
                // A change that matters is found by the archive's own checksums.
                if let Ok(data) = load_bytes(&path, &changed) {
                    assert_eq!(all(&data.train), expected, "{name}, byte {at} ^ {change}");
                }
            }
        }
    }
}
