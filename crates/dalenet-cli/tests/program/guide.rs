//! The guide does what it says, where a Python has NumPy (`$PYTHON`, else `python3`).
#![cfg(unix)]

use crate::helper::Folder;
use std::process::Command;

/// Its commands print what stands there, its Python runs, and the forward pass in it gives what the
/// program gives, for every kind of layer and for an agent.
#[test]
fn the_guide_is_run() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let has = Command::new(&python).args(["-c", "import numpy, safetensors"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        println!("skipped: {python} has no numpy and safetensors; pip install them, or set PYTHON");
        return;
    }
    let here = env!("CARGO_MANIFEST_DIR");
    let (script, guide) =
        (format!("{here}/tests/run_guide.py"), format!("{here}/../../docs/GUIDE.md"));
    let folder = Folder::new();
    let mut command = Command::new(python);
    command.args([&script, &guide, env!("CARGO_BIN_EXE_dalenet")]).current_dir(folder.path("."));
    let output = command.output().expect("Python starts");
    let said = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
}
