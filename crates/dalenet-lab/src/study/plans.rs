//! The plan on disk: `study.json`, and its versions.
//!
//! A study grows: other cells and more seeds join it. Each version is a file of its own that exactly one
//! process creates, so that of two processes that extend a study at once the second sees what the first
//! has added. `study.json` is a copy of the newest one.

use super::{
    disk::{Disk, create_once, list},
    layout::Layout,
};
use crate::{Error, Plan, files, run::json};
use dalenet_train::VERSION;
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// `study.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredPlan {
    /// The version that wrote it.
    pub version: String,
    /// A random number that the study keeps: a worker knows by it that this is the folder it was sent to.
    /// Empty of older studies.
    #[serde(default)]
    pub id: String,
    #[serde(flatten)]
    pub plan: Plan,
}

/// The plans of a study.
pub(crate) struct Plans<'a> {
    layout: &'a Layout,
    disk: &'a dyn Disk,
}

impl<'a> Plans<'a> {
    pub fn new(layout: &'a Layout, disk: &'a dyn Disk) -> Self {
        Self { layout, disk }
    }

    /// The plan the folder was left with; none of a folder that is not there or empty.
    ///
    /// # Errors
    /// If the folder holds something else, or cannot be read.
    pub fn read(&self) -> Result<Option<StoredPlan>, Error> {
        let folder = self.layout.folder();
        if folder.exists() && !folder.is_dir() {
            let cause = io::Error::from(io::ErrorKind::NotADirectory);
            return Err(Error::file("read", folder)(cause));
        }
        let names = list(self.disk, folder)?;
        let plan = names.iter().any(|name| name == "study.json");
        let plan = plan.then(|| read(&self.layout.plan())).transpose()?;
        let newest = self.newest(&self.versions()?);
        match (newest.map(|(_, newest)| newest), plan) {
            // An older program may have extended it without a version.
            (Some(mut newest), Some(plan)) => {
                newest.plan.join(plan.plan);
                Ok(Some(newest))
            }
            (None, None) if names.iter().any(|name| !is_unfinished(name)) => {
                Err(other_study(folder, "has files in it but no study.json"))
            }
            (newest, plan) => Ok(newest.or(plan)),
        }
    }

    /// Adds what `asked` has to the plan. Returns all of it.
    ///
    /// # Errors
    /// If nothing can be written, or the folder holds something else.
    pub fn extend(&self, asked: &Plan) -> Result<StoredPlan, Error> {
        loop {
            let stored = self.read()?;
            let known = stored.as_ref().map(|stored| stored.id.clone());
            let id = known.filter(|id| !id.is_empty()).unwrap_or_else(files::nonce);
            let mut plan = asked.clone();
            if let Some(stored) = &stored {
                plan.join(stored.plan.clone());
            }
            let whole = StoredPlan { version: VERSION.into(), id, plan };
            match stored {
                Some(stored) if stored.id == whole.id && stored.plan == whole.plan => {
                    if !self.layout.plan().exists() {
                        self.copy_newest()?; // its writer was killed
                    }
                    return Ok(stored);
                }
                _ if self.add(&whole)? => {
                    self.copy_newest()?;
                    return Ok(whole);
                }
                _ => {} // another process was first
            }
        }
    }

    /// Writes the next version. Whether no other process has written it before.
    fn add(&self, plan: &StoredPlan) -> Result<bool, Error> {
        let folder = self.layout.plans();
        fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
        let path = self.version(self.versions()?.last().map_or(1, |last| last + 1));
        let content = json(plan) + "\n";
        create_once(self.disk, &path, content.as_bytes())
    }

    /// Makes `study.json` the newest version, whoever writes one meanwhile.
    fn copy_newest(&self) -> Result<(), Error> {
        loop {
            let versions = self.versions()?;
            let Some((number, plan)) = self.newest(&versions) else { return Ok(()) };
            files::write(&self.layout.plan(), (json(&plan) + "\n").as_bytes())?;
            if self.versions()?.last() == Some(&number) {
                return Ok(());
            }
        }
    }

    /// The newest version that is whole.
    fn newest(&self, versions: &[u64]) -> Option<(u64, StoredPlan)> {
        let whole = |number: &u64| Some((*number, read(&self.version(*number)).ok()?));
        versions.iter().rev().find_map(whole)
    }

    /// The versions there are, in order.
    fn versions(&self) -> Result<Vec<u64>, Error> {
        let folder = self.layout.plans();
        let names = list(self.disk, &folder)?;
        let number = |name: &String| name.strip_suffix(".json")?.parse().ok();
        let mut versions: Vec<u64> = names.iter().filter_map(number).collect();
        versions.sort_unstable();
        Ok(versions)
    }

    fn version(&self, number: u64) -> PathBuf {
        self.layout.plans().join(format!("{number}.json"))
    }
}

fn read(path: &Path) -> Result<StoredPlan, Error> {
    let text = files::read_text(path)?;
    let value: Result<serde_json::Value, _> = serde_json::from_str(&text);
    let older = value.is_ok_and(|value| value.is_object() && value.get("version").is_none());
    if older {
        return Err(other_study(
            path,
            "was written by version 0.1 of dalenet, which did not record the data of its runs,",
        ));
    }
    serde_json::from_str(&text)
        .map_err(|cause| other_study(path, &format!("is not a study's plan ({cause})")))
}

/// What a study that was killed before it had a plan has left.
fn is_unfinished(name: &str) -> bool {
    name == ".plans" || files::is_partial(Path::new(name))
}

/// A folder or file is not what a study needs there.
pub(crate) fn other_study(path: &Path, holds: &str) -> Error {
    Error::Config(format!(
        "{} {holds} and is left as it is; name another folder with --out",
        path.display()
    ))
}
