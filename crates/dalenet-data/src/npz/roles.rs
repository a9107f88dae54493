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
        let train = match pair(path, names, Part::Train)? {
            Some(pair) => Some(pair),
            None => pair(path, names, Part::All)?,
        };
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
    let test = match pair(path, names, Part::Test)? {
        Some(pair) => Some(pair),
        None => pair(path, names, Part::All)?,
    };
    test.ok_or_else(|| missing(path, names, "x_test"))
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
    let (wanted, found) = (wanted.to_owned(), names.to_vec());
    Error::MissingArray { path: path.to_owned(), wanted, found }
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
}
