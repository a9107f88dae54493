//! Unpacking of published files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use super::set::CachedFile;

/// The content of each of `files` in `folder`, where it may be gzip'd (`name.gz`) or not.
pub(crate) fn unzip_each(files: &[CachedFile; 4], folder: &Path) -> Result<[Vec<u8>; 4], String> {
    let mut contents = [const { Vec::new() }; 4];
    for (file, content) in files.iter().zip(&mut contents) {
        let zipped = folder.join(format!("{}.gz", file.name));
        let reader: Box<dyn Read> = if zipped.exists() {
            Box::new(GzDecoder::new(open(&zipped)?))
        } else {
            Box::new(open(&folder.join(file.name))?)
        };
        // One byte more than right is enough to be wrong.
        let read = reader.take(file.bytes as u64 + 1).read_to_end(content);
        read.map_err(|cause| format!("{} cannot be read: {cause}", file.name))?;
    }
    Ok(contents)
}

/// Opens a published file; the error names it.
pub(super) fn open(path: &Path) -> Result<File, String> {
    let name = path.file_name().unwrap_or_default().display();
    File::open(path).map_err(|cause| format!("{name} cannot be opened: {cause}"))
}
