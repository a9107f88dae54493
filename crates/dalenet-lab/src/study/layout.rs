//! Names in a study's folder.
//!
//! ```text
//! study.json              the plan
//! .plans/N.json           its versions, each written once
//! .claims/RUN.K           who may make the K-th attempt at a run; written once
//! .RUN.K-NONCE/           that attempt: the files of a run and attempt.json; one process alone writes here
//! RUN/                    the run once it has its result (result.json) or can have none (failure.json), and of a
//!                         sweep that promotes, once it is paused on a rung (rung.json)
//! ```

use crate::sweep::RUNG;
use std::path::{Path, PathBuf};

/// A study's folder.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    folder: PathBuf,
}

impl Layout {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.into() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn plan(&self) -> PathBuf {
        self.folder.join("study.json")
    }

    pub fn plans(&self) -> PathBuf {
        self.folder.join(".plans")
    }

    pub fn claims(&self) -> PathBuf {
        self.folder.join(".claims")
    }

    /// The folder of a published run.
    pub fn run(&self, run: &str) -> PathBuf {
        self.folder.join(run)
    }

    /// The folder of an attempt.
    pub fn attempt(&self, run: &str, token: u64, nonce: &str) -> PathBuf {
        self.folder.join(format!(".{run}.{token}-{nonce}"))
    }

    /// Whether a run is published: nothing in its folder changes any more.
    pub fn is_published(&self, run: &str) -> bool {
        let folder = self.run(run);
        ["result.json", "failure.json", RUNG].iter().any(|name| folder.join(name).is_file())
    }
}

/// The name of a claim.
pub(crate) fn claim(run: &str, token: u64) -> String {
    format!("{run}.{token}")
}

/// The run and the token of a claim's name.
pub(crate) fn parse_claim(name: &str) -> Option<(&str, u64)> {
    let (run, token) = name.rsplit_once('.')?;
    Some((run, token.parse().ok()?))
}

/// The run and the token of the name of an attempt's folder.
pub(crate) fn parse_attempt(name: &str) -> Option<(&str, u64)> {
    let (run, rest) = name.strip_prefix('.')?.rsplit_once('.')?;
    let (token, _nonce) = rest.split_once('-')?;
    Some((run, token.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_whatever_the_run_is_called() {
        let layout = Layout::new(Path::new("s"));
        for run in ["mnist-ed-seed0", "a.b-ed-seed12", ".hidden-bp-seed3", "x.7-seed1"] {
            assert_eq!(parse_claim(&claim(run, 12)), Some((run, 12)));
            let attempt = layout.attempt(run, 3, "00ff");
            let name = attempt.file_name().unwrap().to_str().unwrap();
            assert_eq!(parse_attempt(name), Some((run, 3)));
        }
        for name in [".claims", ".plans", "mnist-ed-seed0", "table.md", "study.json"] {
            assert_eq!(parse_attempt(name), None, "{name}");
        }
    }
}
