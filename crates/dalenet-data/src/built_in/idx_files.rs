//! The four IDX files of MNIST and of the sets that take its place.

use super::set::CachedFile;
use crate::Shape;

/// 28×28 grey values.
pub(super) const GREY_28: Shape = Shape { height: 28, width: 28, channels: 1 };

/// The files as they are published.
#[cfg(feature = "fetch")]
pub(super) const PUBLISHED: &[&str] = &[
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

/// The files as they are cached, with these checksums.
pub(super) const fn cached(sha256: [&'static str; 4]) -> [CachedFile; 4] {
    let [train_images, train_labels, test_images, test_labels] = sha256;
    [
        CachedFile {
            name: "train-images-idx3-ubyte",
            bytes: 16 + 60_000 * 28 * 28,
            sha256: train_images,
        },
        CachedFile { name: "train-labels-idx1-ubyte", bytes: 8 + 60_000, sha256: train_labels },
        CachedFile {
            name: "t10k-images-idx3-ubyte",
            bytes: 16 + 10_000 * 28 * 28,
            sha256: test_images,
        },
        CachedFile { name: "t10k-labels-idx1-ubyte", bytes: 8 + 10_000, sha256: test_labels },
    ]
}
