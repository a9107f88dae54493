//! Names of folders, made of names of tasks and rules.

use std::path::Path;

/// A task as it is shown and as folders are named: of a file, its name without `.npz`.
pub(crate) fn task(task: &str) -> String {
    parts(task).pop().unwrap_or_default()
}

/// Names of tasks, each different from those of the others and from `taken`: of files with the same
/// name, with so many folders of their paths as it takes.
pub(crate) fn distinct(tasks: &[&str], taken: &[String]) -> Vec<String> {
    let others = |task: &str, depth: usize| -> Vec<String> {
        let others = tasks.iter().filter(|other| **other != task);
        others.map(|other| folder(&last(&parts(other), depth))).collect()
    };
    let name = |task: &&str| {
        let parts = parts(task);
        let names = (1..=parts.len()).map(|depth| (last(&parts, depth), others(task, depth)));
        let mut free = names.filter(|(name, others)| !others.contains(&folder(name)));
        let free = free.find(|(name, _)| !taken.contains(&folder(name))).map(|(name, _)| name);
        free.unwrap_or_else(|| numbered(&parts.join("-"), taken))
    };
    tasks.iter().map(name).collect()
}

/// The last `depth` parts.
fn last(parts: &[String], depth: usize) -> String {
    parts[parts.len().saturating_sub(depth)..].join("-")
}

/// The name with the first number that makes it a new one.
fn numbered(name: &str, taken: &[String]) -> String {
    let mut names = (2_u64..).map(|number| format!("{name}-{number}"));
    names.find(|name| !taken.contains(&folder(name))).unwrap_or_default()
}

/// The folder of a rule's runs on a task.
pub(crate) fn run(task: &str, rule: &str) -> String {
    folder(&format!("{task}-{rule}"))
}

/// The parts of a path; of another task, its name alone.
fn parts(task: &str) -> Vec<String> {
    let path = Path::new(task);
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("npz")) {
        return vec![task.replace('/', "-")];
    }
    let stem = path.with_extension("");
    let names = stem.components().filter_map(|part| match part {
        std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    names.collect()
}

/// A name without letters that folders cannot have everywhere.
pub(crate) fn folder(text: &str) -> String {
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
        assert_eq!((task("a|b.npz").as_str(), run("a|b", "ed").as_str()), ("a|b", "a-b-ed"));
        let files = ["fold1/data.npz", "fold2/data.npz", "xor"];
        assert_eq!(distinct(&files, &[]), ["fold1-data", "fold2-data", "xor"]);
        let taken = ["data".to_owned()];
        assert_eq!(distinct(&["fold2/data.npz"], &taken), ["fold2-data"]);
        assert_eq!(distinct(&["data.npz"], &taken), ["data-2"]);
        // The same task twice is the same name: a study refuses that.
        assert_eq!(distinct(&["xor", "xor"], &[]), ["xor", "xor"]);
    }
}
