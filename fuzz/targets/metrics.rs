//! Any text as `metrics.jsonl` and as `result.json` of a run: an error or metrics, no panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    dalenet_lab::parse_metrics(text);
});
