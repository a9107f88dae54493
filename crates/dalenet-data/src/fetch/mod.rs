//! Fetching: from the first origin whose data are right to verified files in the cache.

mod cache;
mod client;
mod debian;
mod failure;
mod https;
mod npm;
mod origin;

use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use crate::built_in::{BuiltIn, Origin};
use crate::digest::sha256;
use crate::{Error, Observer, Source, folder};
use failure::Failure;

/// Makes sure that the files of `source` are in `data_dir` (or else in
/// [`default_dir`](crate::default_dir)) and are right; returns where they are.
///
/// Files with a wrong checksum are fetched again. For a user's own `.npz` this is the file
/// itself, which only has to exist.
///
/// # Errors
///
/// [`Error::Unavailable`] if no origin has the data, [`Error::File`] if they cannot be stored,
/// [`Error::NoDataDir`] if there is no default folder.
pub fn fetch(
    source: &Source,
    data_dir: Option<&Path>,
    observer: &mut dyn Observer,
) -> Result<PathBuf, Error> {
    match source {
        Source::BuiltIn(set) => {
            let cache = folder::chosen(data_dir)?.join(set.name);
            fetch_into(&cache, set, observer)?;
            Ok(cache)
        }
        Source::Npz(path) => {
            fs::metadata(path).map_err(Error::file("read", path))?;
            Ok(path.to_owned())
        }
    }
}

/// Makes sure that the cached files of `set` are in `cache` and are right.
pub(crate) fn fetch_into(
    cache: &Path,
    set: &BuiltIn,
    observer: &mut dyn Observer,
) -> Result<(), Error> {
    cache::create(cache)?;
    cache::remove_leftovers(cache);
    if is_complete(cache, set)? {
        return Ok(());
    }
    let mut reasons = Vec::new();
    for origin in iter::once(&Origin::ByHand).chain(set.published.origins) {
        observer.note(&format!("looking for {} in {origin}", set.name));
        match fetch_from(origin, cache, set, observer) {
            Ok(()) => return Ok(()),
            Err(Failure::Fatal(error)) => return Err(error),
            Err(Failure::Origin(reason)) => reasons.push(format!("{origin}: {reason}")),
        }
    }
    Err(Error::Unavailable {
        set: set.name.to_owned(),
        reasons,
        files: set.published.files.iter().map(|&name| name.to_owned()).collect(),
        folder: cache.to_owned(),
    })
}

/// Whether every cached file of `set` is there and right.
fn is_complete(cache: &Path, set: &BuiltIn) -> Result<bool, Error> {
    for file in &set.files {
        let path = cache.join(file.name);
        match fs::read(&path) {
            Ok(content) if sha256(&content) == file.sha256 => {}
            Ok(_) => return Ok(false),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(cause) => return Err(Error::file("read", &path)(cause)),
        }
    }
    Ok(true)
}

/// Fills the cache from one origin; nothing is written unless all of it is right.
fn fetch_from(
    origin: &Origin,
    cache: &Path,
    set: &BuiltIn,
    observer: &mut dyn Observer,
) -> Result<(), Failure> {
    let scratch = cache::scratch(cache)?;
    let delivered = origin::deliver(origin, set, cache, scratch.path(), observer)?;
    let decoded = (set.published.decode)(&set.files, &delivered);
    let contents = decoded.map_err(Failure::Origin)?;
    for (file, content) in set.files.iter().zip(&contents) {
        let found = sha256(content);
        if found != file.sha256 {
            return Err(Failure::Origin(format!(
                "{} has SHA-256 {found}, not {}",
                file.name, file.sha256
            )));
        }
    }
    for (file, content) in set.files.iter().zip(&contents) {
        cache::write(&cache.join(file.name), content)?;
    }
    observer.note(&format!("{} is verified, in {}", set.name, cache.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::Shape;
    use crate::built_in::{CachedFile, Encoding, Published, unzip_each};

    const CONTENTS: [&str; 4] = ["train pixels", "train labels", "test pixels", "test labels"];
    const SHAPE: Shape = Shape { height: 1, width: 1, channels: 1 };

    /// A set of four short texts, published as `0.gz` … `3.gz`.
    fn set(origins: Vec<Origin>) -> BuiltIn {
        let names = ["0", "1", "2", "3"];
        BuiltIn {
            name: "texts",
            summary: "",
            shape: SHAPE,
            classes: &["0", "1"],
            encoding: Encoding::Idx,
            files: [0, 1, 2, 3].map(|i| CachedFile {
                name: names[i],
                bytes: CONTENTS[i].len(),
                sha256: sha256(CONTENTS[i].as_bytes()).leak(),
            }),
            published: Published {
                files: &["0.gz", "1.gz", "2.gz", "3.gz"],
                origins: origins.leak(),
                decode: unzip_each,
            },
        }
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    /// A mirror on this machine that gives these answers, one a connection, and then is gone.
    fn mirror(answers: Vec<Vec<u8>>) -> Origin {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                // The request ends within the first packet: it has no body.
                let _ = stream.read(&mut [0; 4096]).unwrap();
                stream.write_all(&answer).unwrap();
            }
        });
        Origin::Https(address.leak())
    }

    fn answer(length: usize, body: &[u8]) -> Vec<u8> {
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    fn answers(contents: [&str; 4]) -> Vec<Vec<u8>> {
        let zipped = contents.map(gzip);
        zipped.iter().map(|body| answer(body.len(), body)).collect()
    }

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[derive(Default)]
    struct Bytes(Vec<(u64, Option<u64>)>);
    impl Observer for Bytes {
        fn bytes(&mut self, done: u64, total: Option<u64>) {
            self.0.push((done, total));
        }
    }

    #[test]
    fn the_first_origin_whose_data_are_right_is_taken() {
        let absent = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
        let mut changed = CONTENTS;
        changed[3] = "other text.";
        let zipped = gzip(CONTENTS[0]);
        let origins = vec![
            Origin::Npm { package: "/absent", folder: "" },
            mirror(vec![absent]),
            mirror(vec![answer(1000, &zipped)]),
            mirror(answers(changed)),
            mirror(answers(CONTENTS)),
        ];
        let cache = tempfile::tempdir().unwrap();
        let mut observer = Bytes::default();
        fetch_into(cache.path(), &set(origins), &mut observer).ok().unwrap();
        for (name, content) in ["0", "1", "2", "3"].iter().zip(CONTENTS) {
            assert_eq!(fs::read_to_string(cache.path().join(name)).unwrap(), content);
        }
        assert_eq!(entries(cache.path()), 4);
        let length = gzip(CONTENTS[3]).len() as u64;
        assert_eq!(observer.0.last(), Some(&(length, Some(length))));
    }

    #[test]
    fn data_that_are_wrong_are_not_stored_and_every_reason_is_said() {
        let mut changed = CONTENTS;
        changed[3] = "other text.";
        let mut longer = CONTENTS;
        longer[0] = "train pixels and more";
        let zipped = gzip(CONTENTS[0]);
        let cut_short = zipped[..zipped.len() - 9].to_vec();
        let truncated =
            [vec![answer(cut_short.len(), &cut_short)], answers(CONTENTS)[1..].to_vec()];
        let origins = vec![
            mirror(answers(changed)),
            mirror(answers(longer)),
            mirror(truncated.concat()),
            mirror(vec![answer(1000, &zipped)]),
        ];
        let addresses: Vec<String> = origins.iter().map(Origin::to_string).collect();
        let data_dir = tempfile::tempdir().unwrap();
        let cache = data_dir.path().join("texts");
        let error = fetch_into(&cache, &set(origins), &mut ()).unwrap_err().to_string();

        let reasons = [
            "could not get texts: the data folder: not all published files are there",
            &format!("{}: 3 has SHA-256 {}, not ", addresses[0], sha256(b"other text.")),
            &format!("{}: 0 has SHA-256 ", addresses[1]),
            &format!("{}: 0 cannot be read: ", addresses[2]),
            &format!("{}: the download broke off after ", addresses[3]),
        ];
        for reason in reasons {
            assert!(error.contains(reason), "{reason} is not in {error}");
        }
        let remedy = format!(
            "; check the network, or put 0.gz, 1.gz, 2.gz, 3.gz into {} and run again \
             (DALENET_DATA or the option data_dir choose another folder)",
            cache.display()
        );
        assert!(error.ends_with(&remedy), "{error}");
        assert_eq!(entries(&cache), 0);
    }

    #[test]
    fn published_files_put_there_by_hand_are_taken() {
        let cache = tempfile::tempdir().unwrap();
        for (i, content) in CONTENTS.into_iter().enumerate() {
            fs::write(cache.path().join(format!("{i}.gz")), gzip(content)).unwrap();
        }
        fetch_into(cache.path(), &set(vec![]), &mut ()).unwrap();
        assert_eq!(fs::read_to_string(cache.path().join("2")).unwrap(), CONTENTS[2]);
    }
}
