//! CIFAR-10 as it is published, decoded to plain bytes.
//!
//! Its authors publish an archive of six binary batches, each image planar (C×H×W); it also
//! goes round as six PNGs, one image (H×W×C) a row of 1024 pixels, with the labels in JSON.

use std::fs;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use png::{BitDepth, ColorType};

use super::unpack::open;

const ARCHIVE: &str = "cifar-10-binary.tar.gz";
const BATCH: usize = 10_000; // images of a batch
const PLANE: usize = 32 * 32; // pixels of an image
const IMAGE: usize = PLANE * 3; // bytes of an image

/// Train pixels, train labels, test pixels, test labels: pixels N×H×W×C, all bytes, from the
/// published files in `folder`.
pub(crate) fn decode(folder: &Path) -> Result<[Vec<u8>; 4], String> {
    let archive = folder.join(ARCHIVE);
    if archive.exists() {
        from_archive(GzDecoder::new(open(&archive)?), BATCH)
            .map_err(|problem| format!("{ARCHIVE} cannot be decoded: {problem}"))
    } else {
        from_pngs(folder)
    }
}

/// Reads a tar archive of binary batches of `images` images, in whatever order they are. An
/// image is its label, then its red, its green and its blue plane.
fn from_archive(archive: impl Read, images: usize) -> Result<[Vec<u8>; 4], String> {
    let text = |cause: std::io::Error| cause.to_string();
    let mut batches = [const { None }; 6];
    for entry in tar::Archive::new(archive).entries().map_err(text)? {
        let mut entry = entry.map_err(text)?;
        let path = entry.path().map_err(text)?.into_owned();
        let name = path.file_name().unwrap_or_default();
        if let Some(batch) = (0..6).find(|&b| name == format!("{}.bin", batch_name(b)).as_str()) {
            let mut records = vec![0; images * (1 + IMAGE)];
            entry.read_exact(&mut records).map_err(text)?;
            batches[batch] = Some(records);
        }
    }

    let mut pixels = Vec::with_capacity(6 * images * IMAGE);
    let mut labels = Vec::with_capacity(6 * images);
    for (batch, records) in batches.into_iter().enumerate() {
        let records = records.ok_or_else(|| format!("it has no {}.bin", batch_name(batch)))?;
        for record in records.chunks_exact(1 + IMAGE) {
            labels.push(record[0]);
            push_interleaved(&mut pixels, &record[1..]);
        }
    }
    Ok(train_and_test(pixels, labels))
}

/// Appends an image that is C×H×W as H×W×C.
fn push_interleaved(pixels: &mut Vec<u8>, planes: &[u8]) {
    let (red, rest) = planes.split_at(PLANE);
    let (green, blue) = rest.split_at(PLANE);
    for ((red, green), blue) in red.iter().zip(green).zip(blue) {
        pixels.extend_from_slice(&[*red, *green, *blue]);
    }
}

/// Reads the six PNGs and the two lists of labels.
fn from_pngs(folder: &Path) -> Result<[Vec<u8>; 4], String> {
    let mut pixels = vec![0; 6 * BATCH * IMAGE];
    for (batch, pixels) in pixels.chunks_exact_mut(BATCH * IMAGE).enumerate() {
        let name = format!("{}.png", batch_name(batch));
        let file = BufReader::new(open(&folder.join(&name))?);
        read_png(file, pixels).map_err(|problem| format!("{name}: {problem}"))?;
    }
    let mut labels = Vec::new();
    // The package spells them so.
    for (name, count) in [("train_lables.json", 5 * BATCH), ("test_lables.json", BATCH)] {
        let problem = |what: String| format!("{name}: {what}");
        let text = fs::read(folder.join(name)).map_err(|e| problem(e.to_string()))?;
        let list: Vec<u8> = serde_json::from_slice(&text).map_err(|e| problem(e.to_string()))?;
        if list.len() != count {
            return Err(problem(format!("{} labels, not {count}", list.len())));
        }
        labels.extend(list);
    }
    Ok(train_and_test(pixels, labels))
}

/// Fills `pixels` from a PNG of as many RGB bytes.
fn read_png(file: impl std::io::BufRead + std::io::Seek, pixels: &mut [u8]) -> Result<(), String> {
    let text = |cause: png::DecodingError| cause.to_string();
    let mut reader = png::Decoder::new(file).read_info().map_err(text)?;
    let kind = reader.output_color_type();
    if kind != (ColorType::Rgb, BitDepth::Eight) {
        return Err(format!("pixels of {kind:?}, not of three bytes"));
    }
    if reader.output_buffer_size() != Some(pixels.len()) {
        let size = reader.info().size();
        return Err(format!("{size:?} pixels, not 1024×{BATCH}"));
    }
    reader.next_frame(pixels).map_err(text)?;
    Ok(())
}

/// Batches 0 to 4 are to train on, batch 5 is the test set.
fn batch_name(batch: usize) -> String {
    match batch {
        0..5 => format!("data_batch_{}", batch + 1),
        _ => "test_batch".to_owned(),
    }
}

/// Parts the images of six batches, and their labels, after the fifth batch.
fn train_and_test(mut pixels: Vec<u8>, mut labels: Vec<u8>) -> [Vec<u8>; 4] {
    let test_pixels = pixels.split_off(pixels.len() / 6 * 5);
    let test_labels = labels.split_off(labels.len() / 6 * 5);
    [pixels, labels, test_pixels, test_labels]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A batch of one image of one colour, whose label is its first byte.
    fn batch([label, red, green, blue]: [u8; 4]) -> Vec<u8> {
        [&[label][..], &[red; PLANE], &[green; PLANE], &[blue; PLANE]].concat()
    }

    fn tar(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (name, content) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            let path = format!("cifar-10-batches-bin/{name}");
            archive.append_data(&mut header, path, &content[..]).unwrap();
        }
        archive.into_inner().unwrap()
    }

    #[test]
    fn batches_in_any_order_become_train_and_test_in_theirs() {
        let archive = tar(&[
            ("data_batch_1.bin", batch([1, 10, 11, 12])),
            ("batches.meta.txt", b"airplane".to_vec()),
            ("data_batch_3.bin", batch([3, 30, 31, 32])),
            ("data_batch_4.bin", batch([4, 40, 41, 42])),
            ("test_batch.bin", batch([6, 60, 61, 62])),
            ("data_batch_5.bin", batch([5, 50, 51, 52])),
            ("data_batch_2.bin", batch([2, 20, 21, 22])),
        ]);
        let [train, train_labels, test, test_labels] = from_archive(&archive[..], 1).unwrap();
        assert_eq!(train_labels, [1, 2, 3, 4, 5]);
        assert_eq!(test_labels, [6]);
        let image = |red| [red, red + 1, red + 2].repeat(PLANE);
        assert_eq!(train, [10, 20, 30, 40, 50].map(image).concat());
        assert_eq!(test, image(60));
    }

    #[test]
    fn an_absent_or_short_batch_is_named() {
        let archive = tar(&[("data_batch_1.bin", batch([0; 4]))]);
        let problem = from_archive(&archive[..], 1).unwrap_err();
        assert_eq!(problem, "it has no data_batch_2.bin");
        assert!(from_archive(&archive[..], 2).is_err());
        assert!(from_archive(&archive[..1000], 1).is_err());
    }
}
