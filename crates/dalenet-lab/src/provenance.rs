//! Where a result comes from: program, machine, time, data, and what the run began from.

use dalenet::engine::Kernel;
use dalenet_train::{Identity, VERSION};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::SystemTime};

/// Where a result comes from. What an older version did not record is empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// The version that trained it; empty before 0.2.
    pub version: String,
    /// The name of the machine on which the training ended.
    pub host: String,
    /// Threads there; the result does not depend on them.
    pub threads: usize,
    /// Vector instructions of the processors that it was trained on: `AVX2`, of products of bfloat16 also
    /// the kernel: `AVX-512 and amx`; or several with commas. The last bits of a result may depend on them.
    /// Empty of older runs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// When the training ended: UTC, as RFC 3339 has it.
    pub date: String,
    /// Seconds that the program worked on the run, all its sessions together: training, evaluation and
    /// saving.
    pub duration: f64,
    /// What is recorded of the run's beginning.
    #[serde(flatten)]
    pub sources: Sources,
}

/// What a run began from, and what became of its length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sources {
    /// The data that it was trained on; none of an agent, and not known before 0.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Identity>,
    /// The file of its held-out samples, if they came from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_data: Option<Identity>,
    /// The checkpoint whose weights it started from, if not from random ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Identity>,
    /// Its changes of length, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub length_changes: Vec<LengthChange>,
}

/// A run was resumed under another length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LengthChange {
    /// The setting: `epochs`, `steps` or `patience`.
    pub key: String,
    /// Its value before.
    pub was: u64,
    /// Its value since.
    pub is: u64,
    /// Steps that were made before, as the metrics count them.
    pub step: u64,
}

impl Provenance {
    /// That of a run which ends now, on which the program worked for so many seconds, on processors with
    /// these instructions.
    pub(crate) fn now(sources: Sources, duration: f64, instructions: &BTreeSet<String>) -> Self {
        let instructions: Vec<_> = instructions.iter().map(String::as_str).collect();
        Self {
            version: VERSION.into(),
            host: host(),
            threads: rayon::current_num_threads(),
            instructions: instructions.join(", "),
            date: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            duration,
            sources,
        }
    }
}

/// The name of this machine.
pub(crate) fn host() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// The vector instructions of this processor that a training uses whose products are in `f32`, or of
/// bfloat16 by this kernel.
pub(crate) fn instructions_with(kernel: Option<Kernel>) -> String {
    match kernel {
        None => instructions().into(),
        Some(kernel) => format!("{} and {kernel}", instructions()),
    }
}

/// The vector instructions of this processor that the library uses.
pub fn instructions() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl") {
            return "AVX-512";
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return "AVX2";
        }
    }
    if cfg!(target_arch = "aarch64") { "NEON" } else { "none" }
}
