//! TensorBoard event files: records of protobuf messages, each between checksums.

use crate::Error;
use prost::Message;
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// tensorflow/core/util/event.proto, as far as scalars need it.
#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, optional, tag = "2")]
    simple_value: Option<f32>,
}

/// What can be drawn over steps.
pub trait Scalars {
    /// The step it belongs to.
    fn step(&self) -> u64;
    /// Name and value of each.
    fn scalars(&self) -> Vec<(String, f64)>;
}

const PREFIX: &str = "events.out.tfevents.";

/// The event file of a run. Its format is made to be appended to: a reader ignores a cut record.
pub struct EventFile {
    path: PathBuf,
    file: File,
}

impl EventFile {
    /// Starts a file that holds `history`, in place of those already in the folder.
    pub fn start(folder: &Path, history: &[impl Scalars]) -> Result<Self, Error> {
        let entries = fs::read_dir(folder).map_err(Error::file("read", folder))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                let path = entry.path();
                fs::remove_file(&path).map_err(Error::file("replace", &path))?;
            }
        }
        let path = folder.join(format!("{PREFIX}{:.0}.dalenet", now()));
        let file = File::create(&path).map_err(Error::file("create", &path))?;
        let mut events = Self { path, file };
        let version = Some("brain.Event:2".into());
        let first = Event { wall_time: now(), step: 0, file_version: version, summary: None };
        events.append(&first)?;
        history.iter().try_for_each(|metrics| events.add(metrics))?;
        Ok(events)
    }

    /// Adds a step's values.
    pub fn add(&mut self, metrics: &impl Scalars) -> Result<(), Error> {
        let scalars = metrics.scalars().into_iter();
        let value =
            scalars.map(|(tag, value)| Value { tag, simple_value: Some(value as f32) }).collect();
        let summary = Some(Summary { value });
        let step = i64::try_from(metrics.step()).unwrap_or(i64::MAX);
        let event = Event { wall_time: now(), step, file_version: None, summary };
        self.append(&event)
    }

    fn append(&mut self, event: &Event) -> Result<(), Error> {
        let data = event.encode_to_vec();
        let length = (data.len() as u64).to_le_bytes();
        let mut record = Vec::with_capacity(data.len() + 16);
        record.extend(length);
        record.extend(masked_crc(&length));
        record.extend(&data);
        record.extend(masked_crc(&data));
        self.file.write_all(&record).map_err(Error::file("write", &self.path))
    }
}

/// The checksum of a TFRecord: a rotated and shifted CRC-32C.
fn masked_crc(data: &[u8]) -> [u8; 4] {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}
