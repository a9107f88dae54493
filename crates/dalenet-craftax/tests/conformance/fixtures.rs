//! Fixtures that `scripts/craftax_fixtures.py` wrote: files of 32-bit numbers, and their hash.

use std::{fs, path::PathBuf};

const FILES: [&str; 7] = [
    "generator.bin",
    "classic_worlds.bin",
    "classic_lives.bin",
    "classic_states.bin",
    "full_worlds.bin",
    "full_lives.bin",
    "full_states.bin",
];

/// Where fixtures of one's own are. Tests run in the crate's folder; a relative path is meant from
/// the workspace's.
pub fn others() -> Option<PathBuf> {
    let set = std::env::var_os("DALENET_FIXTURES")?;
    Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(set))
}

/// The 32-bit numbers of one of `FILES`. With fixtures of one's own, all but one may be missing.
pub fn read(name: &str) -> Option<Vec<u32>> {
    assert!(FILES.contains(&name));
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"));
    let (folder, complete) = others().map_or((own, true), |folder| (folder, false));
    if !complete && !folder.join(name).exists() {
        let any = FILES.iter().any(|file| folder.join(file).exists());
        assert!(any, "{} has none of {FILES:?}", folder.display());
        println!("{name}: not there, not tested");
        return None;
    }
    let path = folder.join(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (words, rest) = bytes.as_chunks();
    assert!(!words.is_empty() && rest.is_empty(), "{} is empty or cut off", path.display());
    Some(words.iter().map(|&word| u32::from_le_bytes(word)).collect())
}

/// The next `n` numbers of a file.
pub fn take<'a>(name: &str, words: &mut &'a [u32], n: u32) -> &'a [u32] {
    let taken = words.split_off(..n as usize);
    taken.unwrap_or_else(|| panic!("{name} is cut off: {n} words wanted, {} left", words.len()))
}

/// The next `n` actions, four in a number.
pub fn take_actions(name: &str, words: &mut &[u32], n: u32) -> Vec<u32> {
    let bytes = take(name, words, n / 4).iter().flat_map(|word| word.to_le_bytes());
    bytes.map(u32::from).collect()
}

/// The generator script's `weights` and `hashed`: sums of the numbers times odd weights.
pub struct Hasher([Vec<u32>; 2]);

impl Hasher {
    pub fn new() -> Self {
        let weight = |mut h: u32| {
            h = (h ^ h >> 16).wrapping_mul(0x85EB_CA6B);
            h = (h ^ h >> 13).wrapping_mul(0xC2B2_AE35);
            (h ^ h >> 16) | 1
        };
        Self([0, 1].map(|odd| (0..60_000).map(|i| weight(2 * i + odd)).collect()))
    }

    pub fn hash(&self, words: &[u32]) -> [u32; 2] {
        let [a, b] = &self.0;
        assert!(words.len() <= a.len());
        [a, b].map(|weights| {
            let products = words.iter().zip(weights).map(|(word, w)| word.wrapping_mul(*w));
            products.fold(0, u32::wrapping_add)
        })
    }
}
