//! The built-in data sets, really fetched: by HTTPS, or through the clients of npm and Debian.
//! What is expected is what is published about them.

#![cfg(feature = "fetch")]

use std::fs;
use std::path::Path;

use dalenet_data::{Dataset, Source, Split, TestSet, fetch, load, load_test};

fn source(name: &str) -> Source {
    Source::parse(name).unwrap()
}

/// Mean and standard deviation of channel `channel` of `channels`, over all examples.
fn mean_and_deviation(split: &Split, channel: usize, channels: usize) -> (f64, f64) {
    let mut example = vec![0.0; split.width()];
    let (mut sum, mut squares) = (0.0, 0.0);
    for i in 0..split.len() as u32 {
        split.gather(&[i], &mut example);
        for &value in example.iter().skip(channel).step_by(channels) {
            sum += f64::from(value);
            squares += f64::from(value).powi(2);
        }
    }
    let n = (split.len() * split.width() / channels) as f64;
    (sum / n, (squares / n - (sum / n).powi(2)).sqrt())
}

fn assert_close(found: f64, published: f64) {
    assert!((found - published).abs() < 0.000_1, "{found} ≠ {published}");
}

fn count(labels: &[u16], label: u16) -> usize {
    labels.iter().filter(|&&l| l == label).count()
}

/// Ten equally frequent classes.
fn assert_balanced(split: &Split) {
    for label in 0..10 {
        assert_eq!(count(split.labels(), label), split.len() / 10);
    }
}

fn file_names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn mnist_is_fetched_loaded_and_when_damaged_fetched_again() {
    let data_dir = tempfile::tempdir().unwrap();
    let load = || load(&source("mnist"), Some(data_dir.path()), &mut ());
    let Dataset { train, test, shape, classes, name, validation, identity, notes } =
        load().unwrap();
    assert_eq!(name, "mnist");
    assert_eq!(classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert!(validation.is_none() && notes.is_empty());
    assert_eq!((identity.path, identity.sha256.len()), (None, 64));
    assert_eq!((shape.height, shape.width, shape.channels), (28, 28, 1));
    assert_eq!((train.len(), test.len()), (60_000, 10_000));
    assert_eq!(train.labels()[..5], [5, 0, 4, 1, 9]);
    assert_eq!(test.labels()[..5], [7, 2, 1, 0, 4]);
    let frequencies: Vec<usize> = (0..10).map(|label| count(train.labels(), label)).collect();
    assert_eq!(frequencies, [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    let (mean, deviation) = mean_and_deviation(&train, 0, 1);
    assert_close(mean, 0.1307);
    assert_close(deviation, 0.3081);

    let numbers: Vec<String> = (0..10).rev().map(|n: i32| n.to_string()).collect();
    let reversed = |labels: &[u16]| -> Vec<u16> { labels.iter().map(|l| 9 - l).collect() };
    let load_test =
        |classes: &[String]| load_test(&source("mnist"), classes, Some(data_dir.path()), &mut ());
    let TestSet { test: mapped, .. } = load_test(&numbers).unwrap();
    assert_eq!(mapped.labels(), reversed(test.labels()));
    let letters: Vec<String> = ('a'..='j').map(String::from).collect();
    assert_eq!(load_test(&letters).unwrap().test.labels(), test.labels());
    let error = load_test(&numbers[1..]).unwrap_err().to_string();
    assert!(
        error.starts_with("mnist: it has class 9, which is no class of the network"),
        "{error}"
    );

    let folder = data_dir.path().join("mnist");
    let names = file_names(&folder);
    assert_eq!(
        names,
        [
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
        ]
    );

    let labels = folder.join("t10k-labels-idx1-ubyte");
    let whole = fs::read(&labels).unwrap();
    let mut changed = whole.clone();
    changed[100] ^= 1;
    for damaged in [&changed[..], &whole[..5000], &[]] {
        fs::write(&labels, damaged).unwrap();
        let sentence = load().unwrap_err().to_string();
        assert!(sentence.starts_with(&labels.display().to_string()));
        assert!(
            sentence.contains("ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")
        );
        let remedy = ": delete it, and mnist is fetched into the same folder again";
        assert!(sentence.ends_with(remedy), "{sentence}");
        fs::remove_file(&labels).unwrap();
        load().unwrap();
        assert_eq!(fs::read(&labels).unwrap(), whole);
    }
    fs::write(&labels, changed).unwrap();
    fetch(&source("mnist"), Some(data_dir.path()), &mut ()).unwrap();
    assert_eq!(fs::read(&labels).unwrap(), whole);
    assert_eq!(file_names(&folder), names);
}

#[test]
fn fashion_mnist_is_fetched_by_two_at_once() {
    let data_dir = tempfile::tempdir().unwrap();
    let load = || load(&source("fashion-mnist"), Some(data_dir.path()), &mut ());
    let data = std::thread::scope(|scope| {
        let other = scope.spawn(load);
        let data = load().unwrap();
        other.join().unwrap().unwrap();
        data
    });
    assert_eq!((data.train.len(), data.test.len()), (60_000, 10_000));
    assert_eq!(data.classes[9], "Ankle boot");
    assert_balanced(&data.train);
    assert_balanced(&data.test);
    assert_eq!(data.train.labels()[..5], [9, 0, 0, 3, 0]);
    assert_eq!(data.test.labels()[..5], [9, 2, 1, 1, 6]);
    let (mean, deviation) = mean_and_deviation(&data.train, 0, 1);
    assert_close(mean, 0.2860);
    assert_close(deviation, 0.3530);
    assert_eq!(file_names(&data_dir.path().join("fashion-mnist")).len(), 4);
}

#[test]
#[ignore = "fetches 139 MB or more"]
fn cifar10_is_fetched_and_loaded() {
    let data_dir = tempfile::tempdir().unwrap();
    let data = load(&source("cifar10"), Some(data_dir.path()), &mut ()).unwrap();
    let shape = data.shape;
    assert_eq!((shape.height, shape.width, shape.channels), (32, 32, 3));
    assert_eq!((data.train.len(), data.test.len()), (50_000, 10_000));
    assert_balanced(&data.train);
    assert_balanced(&data.test);
    assert_eq!(data.train.labels()[..5], [6, 9, 9, 4, 1]);
    assert_eq!(data.test.labels()[..5], [3, 8, 8, 0, 6]);
    let published = [(0.4914, 0.2470), (0.4822, 0.2435), (0.4465, 0.2616)];
    for (channel, published) in published.into_iter().enumerate() {
        let (mean, deviation) = mean_and_deviation(&data.train, channel, 3);
        assert_close(mean, published.0);
        assert_close(deviation, published.1);
    }
    assert_eq!(file_names(&data_dir.path().join("cifar10")).len(), 4);
}

#[test]
fn a_data_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = load(&source("mnist"), Some(&file), &mut ()).unwrap_err();
    let start = format!("could not create {}: ", file.join("mnist").display());
    assert!(error.to_string().starts_with(&start), "{error}");
}
