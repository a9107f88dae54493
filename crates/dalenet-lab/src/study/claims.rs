//! Claims: which worker may make the next attempt at a run.
//!
//! A claim is a file `RUN.K` that exactly one worker creates; it is never changed or used again, and its
//! token `K` only grows. Claims save work. Safety does not rest on them: attempts have folders of their
//! own, and publishing is one rename.

use super::{
    disk::{Disk, create_once, list},
    layout,
    layout::Layout,
    owner::Owner,
};
use crate::{Error, run::json};
use std::{collections::HashMap, fs, path::PathBuf};

/// The claims of a study.
pub(crate) struct Claims<'a> {
    folder: PathBuf,
    disk: &'a dyn Disk,
}

impl<'a> Claims<'a> {
    pub fn new(layout: &Layout, disk: &'a dyn Disk) -> Self {
        Self { folder: layout.claims(), disk }
    }

    /// The highest token of each run that has a claim.
    pub fn highest(&self) -> Result<HashMap<String, u64>, Error> {
        let names = list(self.disk, &self.folder)?;
        let mut highest = HashMap::new();
        for (run, token) in names.iter().filter_map(|name| layout::parse_claim(name)) {
            let known = highest.entry(run.to_owned()).or_insert(token);
            *known = token.max(*known);
        }
        Ok(highest)
    }

    /// Who has a claim, as far as it can be read.
    pub fn owner(&self, run: &str, token: u64) -> Option<Owner> {
        let text = fs::read_to_string(self.folder.join(layout::claim(run, token))).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Claims an attempt at a run. Whether the claim is `owner`'s now.
    ///
    /// # Errors
    /// If nothing can be written.
    pub fn take(&self, run: &str, token: u64, owner: &Owner) -> Result<bool, Error> {
        let claim = self.folder.join(layout::claim(run, token));
        fs::create_dir_all(&self.folder).map_err(Error::file("create", &self.folder))?;
        // Each owner has a number of its own, so that the content is too.
        create_once(self.disk, &claim, json(owner).as_bytes())
    }
}
