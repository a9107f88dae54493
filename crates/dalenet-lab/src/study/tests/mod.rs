//! The protocol on file systems that fail, from every state in which a worker may have died, and on the
//! folders of older versions.

mod deaths;
mod faults;
mod folders;

use super::{
    Study, StudyObserver, WorkOptions,
    collect::Collector,
    disk::Disk,
    layout::Layout,
    observer::{Job, Shared},
    plans::Plans,
    worker::Team,
};
use crate::{Ending, Error, Plan, Registry, Resources, StudySettings};
use std::{collections::BTreeMap, fs, path::Path, sync::atomic::AtomicBool, time::Duration};

/// Three rules on XOR, two seeds: six runs of some milliseconds.
fn plan(seeds: u64) -> Plan {
    let set = [("epochs", "3"), ("layers", "[4]"), ("stop_error", "0")];
    let set = set.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec();
    let registry = Registry::built_in();
    let settings = StudySettings { registry, preset: "paper", file: None, set };
    let rules = ["ed", "dfa", "bp"].map(str::to_owned);
    Plan::compare(&["xor".to_owned()], &rules, seeds, &settings).unwrap()
}

/// The tensors of every published run: what a study is compared by.
fn bits(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut bits = BTreeMap::new();
    for (cell, seed) in plan(2).jobs() {
        let run = cell.run(seed);
        assert!(folder.join(&run).join("result.json").is_file(), "{run} has no result");
        let bytes = fs::read(folder.join(&run).join("checkpoint.safetensors")).unwrap();
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let mut tensors: Vec<_> = file.tensors();
        tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
        bits.insert(run, tensors.iter().flat_map(|(_, view)| view.data().to_vec()).collect());
    }
    bits
}

/// What one worker makes of the study in a folder of its own.
fn serial() -> (BTreeMap<String, Vec<u8>>, String) {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    Study::open(&study, plan(2))
        .unwrap()
        .run(Resources::default(), &mut (), &AtomicBool::new(false))
        .unwrap()
        .unwrap();
    (bits(&study), fs::read_to_string(study.join("table.md")).unwrap())
}

/// What happened to the runs of a study.
#[derive(Default)]
struct Seen {
    ended: Vec<String>,
    failed: Vec<String>,
    warnings: Vec<String>,
}

impl StudyObserver for Seen {
    fn end(&mut self, job: &Job<'_>, outcome: Result<&Ending, &Error>) {
        match outcome {
            Ok(_) => self.ended.push(job.run()),
            Err(error) => self.failed.push(error.to_string()),
        }
    }
    fn warn(&mut self, message: &str) {
        self.warnings.push(message.to_owned());
    }
}

/// A short lease, so that tests take no minutes.
fn options() -> WorkOptions<'static> {
    WorkOptions { lease: Duration::from_millis(300), ..WorkOptions::default() }
}

/// Works on a study through `disk` by so many workers.
fn work_on(folder: &Path, disk: &dyn Disk, workers: usize) -> Result<Seen, Error> {
    let layout = Layout::new(folder);
    let plan = Plans::new(&layout, disk).extend(&plan(2))?.plan;
    let (options, stop, mut seen) = (options(), AtomicBool::new(false), Seen::default());
    let count = plan.runs();
    let stages = Collector { layout: &layout, plan: &plan }.stages();
    let jobs = (1..).zip(stages).map(|(number, stage)| Job::new(stage, number, count)).collect();
    let team = Team::new(&layout, disk, jobs, &options, Shared::new(&mut seen), &stop, &|| Ok(()));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(|| team.work())).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap())
    })?;
    Ok(seen)
}
