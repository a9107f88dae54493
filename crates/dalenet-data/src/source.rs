//! Which data set.

use std::path::{Path, PathBuf};

use crate::built_in::{self, BuiltIn};

/// Which data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A data set that is known by name: `mnist`, `fashion-mnist`, `cifar10`.
    BuiltIn(&'static BuiltIn),
    /// The user's own arrays, as `numpy.savez` writes them.
    ///
    /// `x_train` and `y_train`, or `x` and `y`, are trained on; `x_test`, `y_test` (or else a
    /// fixed sixth) are the test set; `x_val`, `y_val` the validation set. Upper and lower case,
    /// `train_x`, and the names of MedMNIST (`train_images`, `train_labels`) are read too.
    ///
    /// `x` is N×D, N×H×W or N×H×W×C; bytes (`uint8`) are read as value/255, every other type
    /// as it is. `y` is N or N×1 whole numbers or names, or N×C one-hot.
    Npz(PathBuf),
}

impl Source {
    /// Name and one-line description of each built-in data set.
    pub const BUILT_IN: &[(&str, &str)] = &built_in::SUMMARIES;

    /// The source that `name` means: the name of a built-in set, or the path of an `.npz` file.
    ///
    /// ```
    /// use dalenet_data::Source;
    ///
    /// assert!(matches!(Source::parse("fashion-mnist"), Some(Source::BuiltIn(_))));
    /// assert_eq!(Source::parse("my/own.npz"), Some(Source::Npz("my/own.npz".into())));
    /// assert_eq!(Source::parse("imagenet"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Source> {
        if let Some(set) = built_in::find(name) {
            return Some(Source::BuiltIn(set));
        }
        let extension = Path::new(name).extension()?;
        extension.eq_ignore_ascii_case("npz").then(|| Source::Npz(name.into()))
    }

    /// The name that [`Source::parse`] understands. (In a path that is not UTF-8, what is not
    /// becomes the replacement character.)
    pub fn name(&self) -> String {
        match self {
            Source::BuiltIn(set) => set.name.to_owned(),
            Source::Npz(path) => path.display().to_string(),
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
