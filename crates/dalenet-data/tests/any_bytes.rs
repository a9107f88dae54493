//! No bytes, whatever they are, can do harm: an error or a data set, but no panic and no more
//! memory than the file can justify.

use std::io::{Cursor, Write};

use dalenet_data::{Dataset, TestSet, parse_npy};
use proptest::prelude::*;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

const X: &[u8] = b"\x93NUMPY\x01\x00\x46\x00{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }           \n\
    \x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40";

/// An `.npz` whose archive is whole, whatever its arrays are.
fn npz(arrays: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in arrays {
        let options = SimpleFileOptions::default().compression_method(method);
        archive.start_file(format!("{name}.npy"), options).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// An `.npy` with this dictionary and these values.
fn npy(dictionary: &str, values: &[u8]) -> Vec<u8> {
    let length = (dictionary.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], dictionary.as_bytes(), values].concat()
}

fn load_both(bytes: &[u8]) {
    let _ = Dataset::from_npz("d.npz", bytes);
    let _ = TestSet::from_npz("d.npz", bytes, &["0".to_owned(), "1".to_owned()]);
}

#[test]
fn an_array_cut_anywhere_is_an_error() {
    assert_eq!(parse_npy(X), Ok(()));
    for length in 0..X.len() {
        assert!(parse_npy(&X[..length]).is_err(), "cut to {length} bytes");
    }
}

#[test]
fn a_zip_bomb_is_refused() {
    let size = 100_000_000;
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': (1, {size}), }}");
    let bomb = npy(&header, &vec![0; size]);
    let file = npz(&[("x_train", &bomb), ("y_train", &bomb)], CompressionMethod::Deflated);
    let error = Dataset::from_npz("d.npz", &file).unwrap_err().to_string();
    assert!(error.contains("x_train unpacks to 1000000"), "{error}");
}

#[test]
fn absurd_headers_are_refused() {
    let headers = [
        "{'descr': '<U4294967295', 'fortran_order': False, 'shape': (4294967295,)}",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (1099511627776,)}",
        "{'descr': '|S0', 'fortran_order': False, 'shape': (18446744073709551615,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 18446744073709551615)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551615, 0)}",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (0, 0)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': ()}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 0)}",
        "{'descr': [('a', [('b', [('c', '<f4')])])], 'fortran_order': False, 'shape': (1,)}",
    ];
    for header in headers {
        let array = npy(header, b"");
        assert!(parse_npy(&array).is_err(), "{header}");
        let file = npz(&[("x", &array), ("y", &array)], CompressionMethod::Stored);
        assert!(Dataset::from_npz("d.npz", &file).is_err(), "{header}");
        let file = npz(&[("x", X), ("y", &array)], CompressionMethod::Stored);
        assert!(Dataset::from_npz("d.npz", &file).is_err(), "{header}");
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_npy(&bytes);
        load_both(&bytes);
        load_both(&npz(&[("x", X), ("y", &bytes)], CompressionMethod::Stored));
    }

    #[test]
    fn any_values_under_a_header(
        kind in "[<>|=]?(b1|[iu][1248]|f[248]|U[0-3]|S[0-3]|O|V2|c8)",
        shape in proptest::collection::vec(0_usize..4, 0..5),
        fortran in any::<bool>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..64),
        labels in proptest::collection::vec(0_u8..3, 2),
    ) {
        let sides: String = shape.iter().map(|side| format!("{side},")).collect();
        let fortran = if fortran { "True" } else { "False" };
        let array = npy(&format!("{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': ({sides})}}"), &bytes);
        let _ = parse_npy(&array);
        let y = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", &labels);
        load_both(&npz(&[("x", &array), ("y", &y)], CompressionMethod::Deflated));
        load_both(&npz(&[("x", X), ("y", &array)], CompressionMethod::Stored));
    }

    #[test]
    fn any_text_for_a_header(text in r#"[{}()\[\]'",: \\0-9LTrueFals+-]{0,40}"#) {
        let _ = parse_npy(&npy(&text, b""));
    }

    #[test]
    fn a_changed_byte(at in 0..X.len(), byte in any::<u8>()) {
        let mut changed = X.to_vec();
        changed[at] = byte;
        let _ = parse_npy(&changed);
        load_both(&npz(&[("x", &changed), ("y", X)], CompressionMethod::Stored));
    }
}
