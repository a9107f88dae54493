//! Fashion-MNIST: articles of clothing (Xiao, Rasul and Vollgraf 2017).

#[cfg(feature = "fetch")]
use super::set::{Origin, Published};
use super::{
    idx_files,
    set::{BuiltIn, Encoding},
};

pub(super) const SET: BuiltIn = BuiltIn {
    name: "fashion-mnist",
    summary: "clothes, 60,000 + 10,000 of 28×28, 10 classes (Xiao, Rasul, Vollgraf, Zalando)",
    shape: idx_files::GREY_28,
    classes: &[
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ],
    encoding: Encoding::Idx,
    files: idx_files::cached([
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ]),
    #[cfg(feature = "fetch")]
    published: Published {
        files: idx_files::PUBLISHED,
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
        decode: super::unpack::unzip_each,
    },
};
