//! What an attempt goes on from: the newest whole checkpoint of any attempt before it.

use super::{
    disk::{Disk, list},
    layout,
    layout::Layout,
};
use crate::{Error, Run, files, tensorboard, trained::Saved};
use dalenet::checkpoint::Checkpoint;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The attempts at a run with their tokens, the newest first.
pub(crate) fn attempts(
    layout: &Layout,
    disk: &dyn Disk,
    run: &str,
) -> Result<Vec<(u64, PathBuf)>, Error> {
    let names = list(disk, layout.folder())?;
    let of_run = |name: &String| match layout::parse_attempt(name)? {
        (of, token) if of == run => Some((token, layout.folder().join(name))),
        _ => None,
    };
    let mut attempts: Vec<_> = names.iter().filter_map(of_run).collect();
    attempts.sort_by(|a, b| b.cmp(a));
    Ok(attempts)
}

/// Removes the attempts at a run that is published. Whose worker was taken for dead stops at its next save.
pub(crate) fn remove_attempts(layout: &Layout, disk: &dyn Disk, run: &str) {
    for (_, folder) in attempts(layout, disk, run).unwrap_or_default() {
        let _ = fs::remove_dir_all(folder); // what stays is harmless
    }
}

/// The name of the folder of an attempt among the names in the study's, if it has begun.
pub(crate) fn folder_of<'a>(
    names: &'a BTreeSet<String>,
    run: &str,
    token: u64,
) -> Option<&'a String> {
    let begin = format!(".{run}.{token}-");
    names.range(begin.clone()..).next().filter(|name| name.starts_with(&begin))
}

/// Copies the newest whole checkpoint, and what belongs to it, into the folder of a new attempt. Each
/// attempt began from the one before it, so the newest has made the most steps. Whether there was one.
///
/// # Errors
/// If the folder cannot be written.
pub(crate) fn copy_newest(attempts: &[(u64, PathBuf)], to: &Path) -> Result<bool, Error> {
    for (_, from) in attempts.iter().filter(|(_, from)| from != to) {
        if let Some(origin) = Origin::read(from) {
            return origin.copy_to(to).map(|()| true);
        }
    }
    Ok(false)
}

/// A checkpoint and what belongs to it. Its worker may still be writing: what is taken is what was there
/// when the checkpoint was saved, which does not change.
struct Origin {
    folder: PathBuf,
    checkpoint: Vec<u8>,
    metrics: Vec<u8>,
    config: Vec<u8>,
}

impl Origin {
    /// `None` if the attempt has no checkpoint, or it is damaged.
    fn read(folder: &Path) -> Option<Self> {
        let run = Run::open(folder).ok()?;
        let checkpoint = run.checkpoint().ok()??;
        let saved = Saved::read(&Checkpoint::parse(&checkpoint).ok()?).ok()?;
        let mut metrics = files::read(&run.metrics_path()).ok()?;
        let length = usize::try_from(saved.metrics_bytes).ok()?;
        if metrics.len() < length {
            return None;
        }
        metrics.truncate(length);
        let config = files::read(&run.config_path()).ok()?;
        Some(Self { folder: folder.into(), checkpoint, metrics, config })
    }

    /// The checkpoint comes last: where it is, the rest is too.
    fn copy_to(&self, to: &Path) -> Result<(), Error> {
        let run = Run::attempt(to, to);
        if let Some(events) = tensorboard::existing(&self.folder)? {
            let to = to.join(events.file_name().unwrap_or_default());
            fs::copy(&events, &to).map_err(Error::file("write", &to))?;
        }
        files::write(&run.metrics_path(), &self.metrics)?;
        files::write(&run.config_path(), &self.config)?;
        files::write(&run.checkpoint_path(), &self.checkpoint)
    }
}
