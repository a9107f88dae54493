//! The built-in data sets, one file each.

mod cifar10;
#[cfg(feature = "fetch")]
mod cifar10_published;
mod fashion_mnist;
mod idx_files;
mod mnist;
mod set;
#[cfg(feature = "fetch")]
mod unpack;

pub use set::BuiltIn;
#[cfg(feature = "fetch")]
pub(crate) use set::Origin;
pub(crate) use set::{CachedFile, Encoding};
#[cfg(all(test, feature = "fetch"))]
pub(crate) use {set::Published, unpack::unzip_each};

/// All built-in data sets; a new one is its file and its line here.
pub(crate) const ALL: &[&BuiltIn] = &[&mnist::SET, &fashion_mnist::SET, &cifar10::SET];

/// Name and summary of each.
pub(crate) const SUMMARIES: [(&str, &str); ALL.len()] = {
    let mut summaries = [("", ""); ALL.len()];
    let mut i = 0;
    while i < ALL.len() {
        summaries[i] = (ALL[i].name, ALL[i].summary);
        i += 1;
    }
    summaries
};

/// The data set called `name`.
pub(crate) fn find(name: &str) -> Option<&'static BuiltIn> {
    ALL.iter().find(|set| set.name == name).copied()
}
