//! Which data set.

use std::path::{Path, PathBuf};

use crate::catalogue::{BuiltIn, CIFAR10, FASHION_MNIST, MNIST};

/// Which data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Handwritten digits, 28×28×1, 10 classes, 60,000 + 10,000 examples.
    Mnist,
    /// Clothes, 28×28×1, 10 classes, 60,000 + 10,000 examples.
    FashionMnist,
    /// Colour photographs, 32×32×3, 10 classes, 50,000 + 10,000 examples.
    Cifar10,
    /// The user's own arrays, as `numpy.savez` writes them: `x_train`, `y_train`, `x_test` and
    /// `y_test`, or `x` and `y` alone (then a fixed sixth becomes the test set).
    ///
    /// `x` is N×D, N×H×W or N×H×W×C; bytes (`uint8`) are read as value/255, every other type
    /// as it is. `y` is N or N×1, whole numbers from 0.
    Npz(PathBuf),
}

impl Source {
    /// Name and one-line description of each built-in data set.
    pub const BUILT_IN: &[(&str, &str)] = &[
        (MNIST.name, MNIST.summary),
        (FASHION_MNIST.name, FASHION_MNIST.summary),
        (CIFAR10.name, CIFAR10.summary),
    ];

    /// The source that `name` means: the name of a built-in set, or the path of an `.npz` file.
    ///
    /// ```
    /// use dalenet_data::Source;
    ///
    /// assert_eq!(Source::parse("fashion-mnist"), Some(Source::FashionMnist));
    /// assert_eq!(Source::parse("my/own.npz"), Some(Source::Npz("my/own.npz".into())));
    /// assert_eq!(Source::parse("imagenet"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Source> {
        match name {
            "mnist" => Some(Source::Mnist),
            "fashion-mnist" => Some(Source::FashionMnist),
            "cifar10" => Some(Source::Cifar10),
            path => {
                let extension = Path::new(path).extension()?;
                extension.eq_ignore_ascii_case("npz").then(|| Source::Npz(path.into()))
            }
        }
    }

    /// The name that [`Source::parse`] understands.
    pub fn name(&self) -> String {
        match self.built_in() {
            Ok(set) => set.name.to_owned(),
            Err(path) => path.display().to_string(),
        }
    }

    /// The built-in set, or else the path of the user's own file.
    pub(crate) fn built_in(&self) -> Result<&'static BuiltIn, &Path> {
        match self {
            Source::Mnist => Ok(&MNIST),
            Source::FashionMnist => Ok(&FASHION_MNIST),
            Source::Cifar10 => Ok(&CIFAR10),
            Source::Npz(path) => Err(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn every_built_in_name_is_understood() {
        for (name, _) in Source::BUILT_IN {
            assert_eq!(Source::parse(name).expect("known").name(), *name);
        }
    }
}
