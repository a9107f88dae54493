//! The event file of a run.

use super::{
    event::{Event, Histogram, SessionLog, Summary, Value},
    hparams, record, scalars,
};
use crate::{AgentOutcome, EpochMetrics, Error, Outcome, UpdateMetrics, files};
use dalenet::Network;
use prost::Message;
use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

const PREFIX: &str = "events.out.tfevents.";

/// The event file of a run. A reader that is open while the run is resumed goes on reading it.
pub struct EventFile {
    path: PathBuf,
    file: File,
    /// Whether it has anything but its header.
    used: bool,
    /// The step of the last final evaluation in it.
    tested: Option<i64>,
}

impl EventFile {
    /// Opens the event file in a run's folder, to append to it; starts one if there is none.
    ///
    /// A record that was cut by a kill is removed, since no reader gets past it.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        match existing(folder)? {
            Some(path) => Self::append_to(path),
            None => Self::create(folder),
        }
    }

    fn create(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(format!("{PREFIX}{:.0}.dalenet", now()));
        let file = File::create(&path).map_err(Error::file("create", &path))?;
        let mut events = Self { path, file, used: false, tested: None };
        events.write_header()?;
        Ok(events)
    }

    fn append_to(path: PathBuf) -> Result<Self, Error> {
        let bytes = files::read(&path)?;
        let (mut rest, mut used, mut tested) = (&bytes[..], false, None);
        while let Some((data, after)) = record::first(rest) {
            rest = after;
            let Ok(event) = Event::decode(data) else { continue };
            used |= event.summary.is_some();
            let values = event.summary.iter().flat_map(|summary| &summary.value);
            if values.into_iter().any(|value| value.tag.ends_with("/test")) {
                tested = Some(event.step);
            }
        }
        let whole = bytes.len() - rest.len();
        let open = || {
            let file = OpenOptions::new().append(true).open(&path)?;
            file.set_len(whole as u64)?;
            Ok(file)
        };
        let file = open().map_err(Error::file("write", &path))?;
        let mut events = Self { path, file, used, tested };
        if whole == 0 {
            events.write_header()?;
        }
        Ok(events)
    }

    fn write_header(&mut self) -> Result<(), Error> {
        let file_version = Some("brain.Event:2".into());
        self.append(&Event { file_version, ..Event::at(0) })
    }

    /// Begins a session after `step` steps: what the file has of later steps is computed again, and
    /// readers forget it. Nothing is written at the beginning of a run.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn resume(&mut self, step: u64) -> Result<(), Error> {
        if !self.used {
            return Ok(());
        }
        let session_log = Some(SessionLog { status: SessionLog::START });
        self.append(&Event { session_log, ..Event::at(step.saturating_add(1)) })
    }

    /// Adds the settings of the run, and which curve is its score; once a file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn hparams(&mut self, settings: &toml::Table, scores: &[&str]) -> Result<(), Error> {
        if self.used {
            return Ok(());
        }
        hparams::values(settings, scores, now())
            .into_iter()
            .try_for_each(|value| self.add(0, vec![value]))
    }

    /// Adds an epoch.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn epoch(&mut self, metrics: &EpochMetrics) -> Result<(), Error> {
        self.scalars(metrics.step, scalars::of_epoch(metrics))
    }

    /// Adds an update of an agent.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn update(&mut self, metrics: &UpdateMetrics) -> Result<(), Error> {
        self.scalars(metrics.steps, scalars::of_update(metrics))
    }

    /// Adds a histogram of each sub-matrix of the weights: `weights/layer1/W_pp`; with a prefix
    /// `actor/`, `actor/weights/layer1/W_pp`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn weights(&mut self, step: u64, prefix: &str, network: &Network) -> Result<(), Error> {
        let mut values = Vec::new();
        for (l, layer) in (1..).zip(network.layers()) {
            for part in layer.sub_matrices() {
                values.push(Value {
                    tag: format!("{prefix}weights/layer{l}/{}", part.name),
                    histo: Histogram::of(layer.magnitudes(&part).as_slice()),
                    ..Value::default()
                });
            }
        }
        values.retain(|value| value.histo.is_some());
        self.add(step, values)
    }

    /// Adds the final evaluation after `step` steps, if it is not there yet.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn test(&mut self, step: u64, outcome: &Outcome) -> Result<(), Error> {
        self.score(step, scalars::of_outcome(outcome))
    }

    /// The same of an agent.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn agent_test(&mut self, outcome: &AgentOutcome) -> Result<(), Error> {
        self.score(outcome.steps, scalars::of_agent_outcome(outcome))
    }

    fn score(&mut self, step: u64, scalars: Vec<(String, f64)>) -> Result<(), Error> {
        let at = Event::at(step).step;
        if self.tested == Some(at) {
            return Ok(());
        }
        self.tested = Some(at);
        self.scalars(step, scalars)
    }

    fn scalars(&mut self, step: u64, scalars: Vec<(String, f64)>) -> Result<(), Error> {
        self.add(step, scalars.into_iter().map(|(tag, value)| Value::scalar(tag, value)).collect())
    }

    fn add(&mut self, step: u64, value: Vec<Value>) -> Result<(), Error> {
        self.used = true;
        self.append(&Event { summary: Some(Summary { value }), ..Event::at(step) })
    }

    fn append(&mut self, event: &Event) -> Result<(), Error> {
        let record = record::framed(&event.encode_to_vec());
        self.file.write_all(&record).map_err(Error::file("write", &self.path))
    }
}

impl Event {
    /// An empty event of now.
    fn at(step: u64) -> Self {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        Self { wall_time: now(), step, ..Self::default() }
    }
}

/// The event file in a folder; of several, the last one.
pub fn existing(folder: &Path) -> Result<Option<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::file("read", folder))?;
    let is_event_file =
        |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(PREFIX);
    let paths = entries.flatten().filter(is_event_file).map(|entry| entry.path());
    Ok(paths.max())
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(path: &Path) -> Vec<Event> {
        let bytes = fs::read(path).unwrap();
        let (mut rest, mut events) = (&bytes[..], Vec::new());
        while let Some((data, after)) = record::first(rest) {
            events.push(Event::decode(data).unwrap());
            rest = after;
        }
        assert!(rest.is_empty(), "a cut record");
        events
    }

    fn scalar(file: &mut EventFile, step: u64) {
        file.scalars(step, vec![("error".into(), step as f64)]).unwrap();
    }

    #[test]
    fn a_resumed_run_appends_after_the_last_whole_record() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = EventFile::open(folder.path()).unwrap();
        (1..=3).for_each(|step| scalar(&mut file, step));
        let path = file.path.clone();
        let before = fs::read(&path).unwrap();
        // Cut amid the third point.
        fs::write(&path, &before[..before.len() - 5]).unwrap();
        let mut file = EventFile::open(folder.path()).unwrap();
        file.resume(2).unwrap();
        scalar(&mut file, 3);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let events = events(&path);
        assert_eq!(events.iter().map(|event| event.step).collect::<Vec<_>>(), [0, 1, 2, 3, 3]);
        assert_eq!(events[3].session_log, Some(SessionLog { status: SessionLog::START }));
        let after = fs::read(&path).unwrap();
        let kept = 2 * before.len() / 4;
        assert_eq!(after[..kept], before[..kept]);
    }

    #[test]
    fn a_run_that_is_at_its_beginning_has_no_session_to_purge() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = EventFile::open(folder.path()).unwrap();
        file.resume(0).unwrap();
        let mut again = EventFile::open(folder.path()).unwrap();
        again.resume(0).unwrap();
        assert_eq!(events(&again.path).len(), 1);
        // Half a header, as a kill may leave it.
        fs::write(&again.path, [1, 2, 3]).unwrap();
        let file = EventFile::open(folder.path()).unwrap();
        assert_eq!(events(&file.path)[0].file_version.as_deref(), Some("brain.Event:2"));
    }
}
