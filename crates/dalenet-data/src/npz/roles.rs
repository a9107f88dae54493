//! Which arrays of a file are used, by their names.

use std::path::Path;

use crate::Error;

/// Names of an array of examples, beside the name of its split.
const EXAMPLES: &[&str] = &["x", "images", "image", "imgs", "data", "features", "inputs"];
/// Names of an array of labels, beside the name of its split.
const LABELS: &[&str] = &["y", "labels", "label", "targets", "target"];

/// A part of a data set.
#[derive(Clone, Copy)]
enum Part {
    /// Without the name of a split: `x` and `y`.
    All,
    Train,
    Validation,
    Test,
}

impl Part {
    /// Its names; the first one is what errors call it.
    fn names(self) -> &'static [&'static str] {
        match self {
            Part::All => &[""],
            Part::Train => &["train", "training", "tr"],
            Part::Validation => &["val", "valid", "validation", "dev"],
            Part::Test => &["test", "testing", "te"],
        }
    }
}

/// The names of an array of examples and of their labels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair<'a> {
    pub x: &'a str,
    pub y: &'a str,
}

/// The arrays of a data set.
#[derive(Debug, PartialEq)]
pub(super) struct Roles<'a> {
    pub train: Pair<'a>,
    pub validation: Option<Pair<'a>>,
    pub test: Option<Pair<'a>>,
}

impl<'a> Roles<'a> {
    /// The arrays to train and test on, among `names`.
    pub(super) fn of(path: &Path, names: &'a [String]) -> Result<Roles<'a>, Error> {
        let train = or_all(path, names, Part::Train)?;
        Ok(Roles {
            train: train.ok_or_else(|| missing(path, names, "x_train"))?,
            validation: pair(path, names, Part::Validation)?,
            test: pair(path, names, Part::Test)?,
        })
    }

    /// The names that play no role.
    pub(super) fn unused(&self, names: &'a [String]) -> Vec<&'a str> {
        let pairs = [Some(self.train), self.validation, self.test];
        let used: Vec<&str> =
            pairs.into_iter().flatten().flat_map(|pair| [pair.x, pair.y]).collect();
        names.iter().map(String::as_str).filter(|name| !used.contains(name)).collect()
    }
}

/// The arrays to test on, among `names`: those of the test set, or else `x` and `y`.
pub(super) fn to_test<'a>(path: &Path, names: &'a [String]) -> Result<Pair<'a>, Error> {
    or_all(path, names, Part::Test)?.ok_or_else(|| missing(path, names, "x_test"))
}

/// The arrays to validate on, among `names`: those of the validation set, or else `x` and `y`.
pub(super) fn to_validate<'a>(path: &Path, names: &'a [String]) -> Result<Pair<'a>, Error> {
    or_all(path, names, Part::Validation)?.ok_or_else(|| {
        let (wanted, remedy) = ("x_val", "x_val and y_val, or x and y");
        missing_array(path, names, wanted, remedy)
    })
}

/// The examples whose classes are asked for, among `names`, and their labels, if it has them: those of
/// the test set, or else `x` and `y`.
pub(super) fn to_predict<'a>(
    path: &Path,
    names: &'a [String],
) -> Result<(&'a str, Option<&'a str>), Error> {
    let mut parts = [Part::Test, Part::All].into_iter();
    let found =
        parts.find_map(|part| Some((find(names, EXAMPLES, part)?, find(names, LABELS, part))));
    found.ok_or_else(|| missing_array(path, names, "x", "the examples as x or x_test"))
}

/// The arrays of a part, or else `x` and `y`.
fn or_all<'a>(path: &Path, names: &'a [String], part: Part) -> Result<Option<Pair<'a>>, Error> {
    match pair(path, names, part)? {
        Some(pair) => Ok(Some(pair)),
        None => pair(path, names, Part::All),
    }
}

/// The arrays of a part, if there are any; one of the two alone is an error.
fn pair<'a>(path: &Path, names: &'a [String], part: Part) -> Result<Option<Pair<'a>>, Error> {
    let canonical = |letter| match part.names()[0] {
        "" => String::from(letter),
        split => format!("{letter}_{split}"),
    };
    match (find(names, EXAMPLES, part), find(names, LABELS, part)) {
        (Some(x), Some(y)) => Ok(Some(Pair { x, y })),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(missing(path, names, &canonical("x"))),
        (Some(_), None) => Err(missing(path, names, &canonical("y"))),
    }
}

/// The first of `names` that is one of `words` beside a name of `part`, in the order of these.
fn find<'a>(names: &'a [String], words: &[&str], part: Part) -> Option<&'a str> {
    let spellings = words.iter().flat_map(|word| {
        part.names()
            .iter()
            .flat_map(move |split| [format!("{word}{split}"), format!("{split}{word}")])
    });
    let mut matching = spellings.flat_map(|spelling| {
        let mut same: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| plain(name) == spelling).collect();
        // `x_train` before `X_train`.
        same.sort_by_key(|name| (name.chars().filter(|c| c.is_uppercase()).count(), *name));
        same
    });
    matching.next()
}

/// `name` in lower case, letters and digits only.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn missing(path: &Path, names: &[String], wanted: &str) -> Error {
    missing_array(path, names, wanted, "x_train, y_train, x_test and y_test, or x and y")
}

fn missing_array(path: &Path, names: &[String], wanted: &str, remedy: &'static str) -> Error {
    let (wanted, found) = (wanted.to_owned(), names.to_vec());
    Error::MissingArray { path: path.to_owned(), wanted, found, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_names_in_use() {
        // The names in the order train, validation, test (or "-"), and then what is not used.
        let cases = [
            "x_train y_train - - x_test y_test",
            "x_train y_train x_val y_val x_test y_test",
            "X_train y_train X_valid y_valid X_test y_test",
            "train_x train_y valid_x valid_y test_x test_y",
            "trainX trainY - - testX testY",
            "train_images train_labels val_images val_labels test_images test_labels",
            "X_train Y_train X_validation Y_validation - - X_dev",
            "x y - - x_test y_test",
            "data target - - - - feature_names target_names",
            "images labels - - - - x_mean",
            "x y - - - - X mean",
            "x_train y_train - - x_test y_test x y x_train_small",
        ];
        for case in cases {
            let names_in_order = names(case);
            let mut listed = names_in_order.clone();
            listed.retain(|name| name != "-");
            listed.reverse();
            let roles = Roles::of(Path::new("d.npz"), &listed).expect(case);
            let found = |pair: Option<Pair>| {
                pair.map_or(["-".to_owned(), "-".to_owned()], |p| [p.x.into(), p.y.into()])
            };
            let pairs = [Some(roles.train), roles.validation, roles.test].map(found).concat();
            assert_eq!(pairs, names_in_order[..6], "{case}");
            let mut unused = roles.unused(&listed);
            unused.reverse();
            assert_eq!(unused, names_in_order[6..], "{case}");
        }
    }

    #[test]
    fn a_test_needs_no_training_set() {
        let path = Path::new("d.npz");
        for (all, x) in [
            ("x_test y_test", "x_test"),
            ("x y", "x"),
            ("x y x_test y_test x_train y_train", "x_test"),
            ("test_images test_labels", "test_images"),
        ] {
            assert_eq!(to_test(path, &names(all)).unwrap().x, x);
        }
        let error = to_test(path, &names("x_train y_train")).unwrap_err().to_string();
        assert!(error.starts_with("d.npz has no array x_test"), "{error}");
    }

    #[test]
    fn a_prediction_needs_no_labels() {
        let path = Path::new("d.npz");
        for (all, found) in [
            ("x", ("x", None)),
            ("x_test", ("x_test", None)),
            ("x_test y_test", ("x_test", Some("y_test"))),
            ("x_train y_train images labels", ("images", Some("labels"))),
            ("x y x_test", ("x_test", None)),
        ] {
            assert_eq!(to_predict(path, &names(all)).unwrap(), found, "{all}");
        }
        let error = to_predict(path, &names("x_train y_train")).unwrap_err().to_string();
        assert!(error.contains("no array x (it holds x_train, y_train)"), "{error}");
    }

    #[test]
    fn a_validation_set_may_be_a_file_of_its_own() {
        let path = Path::new("d.npz");
        for (all, x) in [("x y", "x"), ("x y x_val y_val", "x_val"), ("valX valY", "valX")] {
            assert_eq!(to_validate(path, &names(all)).unwrap().x, x);
        }
        let error = to_validate(path, &names("x_test y_test")).unwrap_err().to_string();
        assert!(error.starts_with("d.npz has no array x_val"), "{error}");
    }
}
