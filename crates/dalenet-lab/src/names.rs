//! Names of folders, made of names of tasks and rules.

use std::path::Path;

/// A task as it is shown and as folders are named: of a file, its name without `.npz`.
pub(crate) fn task(task: &str) -> String {
    parts(task).pop().unwrap_or_default()
}

/// The same with so many folders of its path before it that it is not one of `taken`.
pub(crate) fn distinct_task(task: &str, taken: &[String]) -> String {
    let parts = parts(task);
    let names = (0..parts.len()).rev().map(|start| parts[start..].join("-"));
    let free = |name: &String| !taken.contains(name);
    let numbered = (2..).map(|number| format!("{}-{number}", parts.join("-")));
    names.chain(numbered).find(free).unwrap_or_default()
}

/// The folder of a rule's runs on a task.
pub(crate) fn run(task: &str, rule: &str) -> String {
    format!("{task}-{}", plain(rule))
}

/// The parts of a path; of another task, its name alone.
fn parts(task: &str) -> Vec<String> {
    let path = Path::new(task);
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npz")) {
        return vec![plain(task)];
    }
    let stem = path.with_extension("");
    let names = stem.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(plain(&name.to_string_lossy())),
        _ => None,
    });
    names.collect()
}

/// A text without letters that break folders' names or tables.
fn plain(text: &str) -> String {
    let letter = |c: char| if c.is_control() || "/\\|:*?\"<>".contains(c) { '-' } else { c };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_as_much_of_their_path_as_it_takes() {
        assert_eq!(task("fold1/data.npz"), "data");
        assert_eq!(task("brax/ant"), "brax-ant");
        assert_eq!(task("a|b.npz"), "a-b");
        let taken = ["data".to_owned()];
        assert_eq!(distinct_task("fold2/data.npz", &taken), "fold2-data");
        let taken = ["data".to_owned(), "fold2-data".to_owned()];
        assert_eq!(distinct_task("/x/fold2/data.npz", &taken), "x-fold2-data");
        assert_eq!(distinct_task("data.npz", &taken), "data-2");
    }
}
