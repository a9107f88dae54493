//! Packages of Debian, through the system's own client.

use std::path::Path;
use std::process::Command;

use super::client::{only_file, run};
use super::failure::Failure;

const OPTIONS: [&str; 4] = ["-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=30"];

/// Unpacks the files of `package` into `folder`, without installing it.
pub(super) fn unpack(package: &str, folder: &Path) -> Result<(), Failure> {
    run(Command::new("apt-get").args(["download", package]).args(OPTIONS), folder)
        .map_err(suggest_update)?;
    let archive = only_file(folder, ".deb")?;
    run(Command::new("dpkg-deb").arg("-x").arg(archive).arg(folder), folder)
}

/// A system whose lists of packages are empty or old does not find the package.
fn suggest_update(failure: Failure) -> Failure {
    match failure {
        Failure::Origin(why) if why.starts_with("apt-get failed") => {
            Failure::Origin(format!("{why} (`apt-get update` may help)"))
        }
        other => other,
    }
}
