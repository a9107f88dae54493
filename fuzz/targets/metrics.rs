//! Any text as `metrics.jsonl` and `result.json` of a run: an error or values whose own text is
//! read again, no panic.
#![no_main]

use dalenet_lab::{Ending, EpochMetrics, UpdateMetrics};
use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};

fuzz_target!(|text: &str| {
    for line in text.lines() {
        again::<EpochMetrics>(line);
        again::<UpdateMetrics>(line);
    }
    again::<Ending>(text);
});

/// Reads a value, and what it is written as.
fn again<T: DeserializeOwned + Serialize>(text: &str) {
    let Ok(value) = serde_json::from_str::<T>(text) else { return };
    let written = serde_json::to_string(&value).expect("numbers and texts");
    assert!(serde_json::from_str::<T>(&written).is_ok(), "{written}");
}
