//! `metrics.jsonl`: a line for each epoch or update, appended once.

use crate::{Error, run::json};
use serde::Serialize;
use std::{
    fs::{File, OpenOptions},
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// The file, open at its end.
pub(crate) struct MetricsFile {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl MetricsFile {
    /// Opens it and cuts it to the first `bytes`, those of the checkpoint that is resumed: what
    /// follows them is measured again.
    pub fn open(path: &Path, bytes: u64) -> Result<Self, Error> {
        let open = || {
            let options = OpenOptions::new().write(true).create(true).truncate(false).clone();
            let mut file = options.open(path)?;
            let bytes = bytes.min(file.metadata()?.len());
            file.set_len(bytes)?;
            file.seek(SeekFrom::End(0))?;
            Ok((file, bytes))
        };
        let (file, bytes) = open().map_err(Error::file("write", path))?;
        Ok(Self { path: path.into(), file, bytes })
    }

    /// Appends a line.
    pub fn add(&mut self, metrics: &impl Serialize) -> Result<(), Error> {
        let line = json(metrics) + "\n";
        self.file.write_all(line.as_bytes()).map_err(Error::file("write", &self.path))?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Makes its lines durable, and returns how many bytes it has.
    pub fn sync(&self) -> Result<u64, Error> {
        self.file.sync_data().map_err(Error::file("write", &self.path))?;
        Ok(self.bytes)
    }
}
