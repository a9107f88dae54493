//! File systems that refuse, fail, or say that they failed.

use super::{bits, plan, serial, work_on};
use crate::{
    Resources, Study,
    study::{
        disk::{Disk, RealDisk},
        layout::parse_attempt,
    },
};
use std::{
    fs, io,
    path::Path,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

/// A file system with a fault.
struct Faulty {
    fault: Fault,
    calls: AtomicU64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// It has no hard links.
    NoLinks,
    /// Every other link is made and said to have failed.
    LinkDoneButFailed,
    /// Every other renaming is made and said to have failed.
    RenameDoneButFailed,
    /// Every other call fails as if the server had been away.
    Away,
    /// Claims are not listed: another worker's are seen late.
    ListsLate,
    /// The disk is full after some files.
    Full,
}

impl Faulty {
    fn new(fault: Fault) -> Self {
        Self { fault, calls: AtomicU64::new(0) }
    }

    /// Whether this call is one that fails.
    fn fails(&self, fault: Fault) -> bool {
        self.fault == fault && self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(2)
    }
}

const EIO: i32 = 5;

impl Disk for Faulty {
    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        if self.fails(Fault::Away) {
            return Err(io::ErrorKind::StaleNetworkFileHandle.into());
        }
        let names = RealDisk.list(folder)?;
        let late = folder.ends_with(".claims") && self.fails(Fault::ListsLate);
        Ok(if late { Vec::new() } else { names })
    }

    fn create_new(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let many = self.calls.load(Ordering::Relaxed) >= 4;
        if self.fault == Fault::Full && many {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.calls.fetch_add(u64::from(self.fault == Fault::Full), Ordering::Relaxed);
        RealDisk.create_new(path, content)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.fault == Fault::NoLinks {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        if self.fails(Fault::Away) {
            return Err(io::Error::from_raw_os_error(EIO));
        }
        RealDisk.link(from, to)?;
        match self.fails(Fault::LinkDoneButFailed) {
            true => Err(io::ErrorKind::AlreadyExists.into()),
            false => Ok(()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.fails(Fault::Away) {
            return Err(io::Error::from_raw_os_error(EIO));
        }
        RealDisk.rename(from, to)?;
        match self.fails(Fault::RenameDoneButFailed) {
            true => Err(io::ErrorKind::NotFound.into()),
            false => Ok(()),
        }
    }
}

#[test]
fn whatever_a_file_system_does_every_run_is_published_once_with_its_bits() {
    let (expected, _) = serial();
    for fault in [
        Fault::NoLinks,
        Fault::LinkDoneButFailed,
        Fault::RenameDoneButFailed,
        Fault::Away,
        Fault::ListsLate,
    ] {
        let folder = tempfile::tempdir().unwrap();
        let study = folder.path().join("s");
        let seen = work_on(&study, &Faulty::new(fault), 4).unwrap();
        assert!(bits(&study) == expected, "{fault:?}");
        assert_eq!((seen.failed, seen.warnings), (vec![], vec![]), "{fault:?}");
        let mut ended = seen.ended;
        ended.sort();
        assert!(ended.iter().eq(expected.keys()), "{fault:?}: {ended:?}");
        // The runs' folders and the study's own, nothing else.
        let strange = |name: &String| !expected.contains_key(name) && parse_attempt(name).is_none();
        let names = RealDisk.list(&study).unwrap();
        let mut strange: Vec<_> = names.into_iter().filter(strange).collect();
        strange.sort();
        assert_eq!(strange, [".claims", ".plans", "study.json"], "{fault:?}");
    }
}

#[test]
fn a_full_disk_ends_the_work_in_one_sentence_and_it_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    let error = work_on(&study, &Faulty::new(Fault::Full), 2).err().unwrap();
    let sentence = error.to_string();
    assert!(error.is_of_disk() && sentence.contains("make room"), "{sentence}");
    let seen = work_on(&study, &RealDisk, 2).unwrap();
    assert!(bits(&study) == serial().0 && seen.failed.is_empty());
}

/// Whoever finishes a study removes its claims, just when another worker is about to write one.
#[derive(Default)]
struct FinishedMeanwhile(AtomicBool);

impl Disk for FinishedMeanwhile {
    fn create_new(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let claims = path.parent().unwrap();
        if claims.ends_with(".claims") && !self.0.swap(true, Ordering::Relaxed) {
            let study = Study::open(claims.parent().unwrap(), plan(2)).unwrap();
            study.run(Resources::default(), &mut (), &AtomicBool::new(false)).unwrap();
            assert!(fs::read_dir(claims).is_err(), "the claims are removed");
        }
        RealDisk.create_new(path, content)
    }
}

#[test]
fn a_study_that_others_finish_just_now_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("s");
    let seen = work_on(&study, &FinishedMeanwhile::default(), 1).unwrap();
    assert!(seen.ended.is_empty() && seen.failed.is_empty() && seen.warnings.is_empty());
    assert!(bits(&study) == serial().0);
}
