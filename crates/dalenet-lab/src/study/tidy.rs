//! Removing what a finished study needs no more: attempts that came second, and claims.

use super::{
    attempt_file::{AttemptFile, State},
    claims::Claims,
    disk::Disk,
    layout,
    layout::Layout,
    owner::Owner,
};
use crate::files;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Tidies the folder of a study of which every run is published. What a worker may still be writing to
/// stays, and so do the claims then. A failure to remove is none: what stays is harmless.
pub(crate) fn tidy(layout: &Layout, disk: &dyn Disk) {
    let (here, claims) = (Owner::here(), Claims::new(layout, disk));
    let mut all = true;
    for name in disk.list(layout.folder()).unwrap_or_default() {
        let Some((run, token)) = layout::parse_attempt(&name) else { continue };
        let folder = layout.folder().join(&name);
        let owner = claims.owner(run, token);
        let left = AttemptFile::read(&folder).is_none_or(|file| file.state != State::Working);
        let gone = owner.is_some_and(|owner| here.sees_end_of(&owner));
        all &= (left || gone) && fs::remove_dir_all(&folder).is_ok();
    }
    if all {
        let _ = fs::remove_dir_all(layout.claims());
        sweep(layout.folder());
    }
}

/// Removes what writers that were killed have left in the study's folder, in which others may be writing:
/// what is an hour older than the table by the clock of the disk.
fn sweep(folder: &Path) {
    let written = |path: &Path| fs::metadata(path).and_then(|about| about.modified());
    let Ok(now) = written(&folder.join("table.md")) else { return };
    let is_old = |path: &PathBuf| {
        let age = written(path).ok().and_then(|written| now.duration_since(written).ok());
        age.is_some_and(|age| age > Duration::from_secs(3600))
    };
    let paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    for path in paths.filter(|path| files::is_partial(path)).filter(is_old) {
        let _ = fs::remove_file(path);
    }
}
