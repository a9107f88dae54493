//! Which data these are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which data these are: two data sets of the same SHA-256 have the same content.
///
/// ```
/// use dalenet_data::Identity;
///
/// let identity = Identity { path: Some("/data/own.npz".into()), sha256: "ab".repeat(32) };
/// let text = serde_json::to_string(&identity)?;
/// assert_eq!(serde_json::from_str::<Identity>(&text)?, identity);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The absolute path of the user's file; `None` for a built-in set and for data from memory.
    #[serde(default, serialize_with = "write_path", deserialize_with = "read_path")]
    pub path: Option<PathBuf>,
    /// SHA-256 in lower-case hexadecimal: of the user's file, of the recorded checksums of a
    /// built-in set, or of shape, classes, values and labels of data from memory.
    pub sha256: String,
}

/// A path in text formats: a string, or else (a path that is not UTF-8) what serde makes of the
/// platform's string.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PathText {
    Utf8(String),
    Other(OsString),
}

fn write_path<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    let text = |path: &Path| match path.to_str() {
        Some(text) => PathText::Utf8(text.to_owned()),
        None => PathText::Other(path.into()),
    };
    path.as_deref().map(text).serialize(serializer)
}

fn read_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = |text| match text {
        PathText::Utf8(text) => PathBuf::from(text),
        PathText::Other(text) => PathBuf::from(text),
    };
    Ok(Option::deserialize(deserializer)?.map(path))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn a_path_that_is_not_utf8_survives() {
        let path = Some(OsString::from_vec(b"/r\xff.npz".to_vec()).into());
        for path in [path, None] {
            let identity = Identity { path, sha256: String::new() };
            let text = serde_json::to_string(&identity).unwrap();
            assert_eq!(serde_json::from_str::<Identity>(&text).unwrap(), identity);
        }
    }
}
