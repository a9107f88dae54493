//! Data sets in memory, and which data they are.

pub use dalenet_data::{Dataset, Identity, Inputs, TestSet};

use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Which data a file holds: its absolute path and SHA-256.
///
/// # Errors
/// If it cannot be read.
pub fn identify(path: &Path) -> io::Result<Identity> {
    let (mut digest, mut file) = (Sha256::new(), File::open(path)?);
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => digest.update(&buffer[..count]),
        }
    }
    let path = std::path::absolute(path)?;
    Ok(Identity { path: Some(path), sha256: hexadecimal(&digest.finalize()) })
}

/// That of values that were made, by their description.
pub(crate) fn identity_of_text(text: &str) -> Identity {
    Identity { path: None, sha256: hexadecimal(&Sha256::digest(text)) }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
