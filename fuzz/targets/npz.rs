//! Any bytes as a user's `.npz` file, and as one `.npy` array: an error or a data set, no panic.
#![no_main]

use dalenet_data::{Dataset, TestSet, parse_npy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse_npy(bytes);
    let _ = TestSet::from_npz("x.npz", bytes, &["0".into(), "1".into()]);
    if let Ok(data) = Dataset::from_npz("x.npz", bytes) {
        // Whatever was accepted can be gathered.
        let mut sample = vec![0.0; data.shape.len()];
        for split in [&data.train, &data.test] {
            if !split.is_empty() {
                split.gather(&[0], &mut sample);
            }
            assert!(split.labels().iter().all(|label| usize::from(*label) < data.classes.len()));
        }
    }
});
