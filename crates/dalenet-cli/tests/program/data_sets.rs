//! `dalenet data`: what is kept of the data sets, and its removal.

use crate::helper::{Folder, assert_says};

#[test]
fn data_sets_are_listed_and_removed() {
    let folder = Folder::new();
    folder.mnist_with_labels("data", b"other labels");
    folder.write("data/mnist/my-notes.txt", "mine");
    let listed = folder.ok("data list --data-dir data");
    let lines: Vec<_> = listed.stdout.lines().collect();
    let [mnist, fashion, cifar10] = lines[..] else { panic!("{listed:?}") };
    assert_says(mnist, &["mnist", " MB ", "data/mnist"]);
    assert!(fashion.ends_with("not here") && cifar10.ends_with("not here"), "{listed:?}");
    let sets = folder.ok("data list --data-dir data --json").json();
    assert_eq!(sets["data"][0]["complete"], true);
    let kept = sets["data"][0]["bytes"].as_u64().unwrap();

    let removed = folder.ok("data remove mnist --data-dir data --json");
    assert_says(&removed.stdout, &["removed mnist: 4 files", "data/mnist"]);
    assert_eq!(removed.json()["bytes"], kept);
    let left: Vec<_> = std::fs::read_dir(folder.path("data/mnist")).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "what is not of the set stays");
    for (arguments, pieces) in [
        ("mnist --data-dir data", &["nothing of mnist", "data/mnist", "data list"][..]),
        ("cifar10 --data-dir data", &["nothing of cifar10", "data/cifar10"]),
        ("mnst --data-dir data", &["no data set `mnst`", "did you mean `mnist`?"]),
        ("../data --data-dir data", &["no data set `../data`"]),
        ("squares.npz", &["no data set `squares.npz`"]),
    ] {
        assert_says(&folder.refused(&format!("data remove {arguments}")), pieces);
    }
}
