//! Commands that a user can copy from a message into a shell.

use std::path::Path;

/// A text as a shell takes it.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._-/=,+:@%".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.into(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// ` --data-dir DIR` if one was given, since the command would else use another folder.
pub fn data_dir_flag(data_dir: Option<&Path>) -> String {
    data_dir.map_or(String::new(), |dir| format!(" --data-dir {}", quoted(&dir.to_string_lossy())))
}

/// A message whose commands in backticks that read data sets have the same `--data-dir`.
pub fn with_data_dir(message: &str, data_dir: Option<&Path>) -> String {
    let flag = data_dir_flag(data_dir);
    let parts = message.split('`').enumerate().map(|(i, part)| {
        let words: Vec<_> = part.split_whitespace().take(3).collect();
        let reads_data = matches!(words[..], ["dalenet", "train" | "data", _]);
        match i % 2 == 1 && reads_data && !part.contains("--data-dir") {
            true => format!("{part}{flag}"),
            false => part.to_owned(),
        }
    });
    parts.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        assert_eq!(quoted("runs/mnist-ed-seed0"), "runs/mnist-ed-seed0");
        assert_eq!(quoted("my run"), "'my run'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn commands_that_read_data_get_the_folder_and_no_others() {
        let message =
            "damaged: run `dalenet data fetch mnist`; see `dalenet list`, `dalenet train`";
        let dir = Some(Path::new("my data"));
        assert_eq!(
            with_data_dir(message, dir),
            "damaged: run `dalenet data fetch mnist --data-dir 'my data'`; see `dalenet list`, \
             `dalenet train`"
        );
        assert_eq!(with_data_dir(message, None), message);
        let given = "`dalenet train x --data-dir d`";
        assert_eq!(with_data_dir(given, dir), given);
    }
}
