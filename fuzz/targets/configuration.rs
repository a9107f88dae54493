//! Any text as a configuration file, and as a setting: an error, or an experiment that writes itself
//! as a text that reads back equal; no panic.
#![no_main]

use dalenet_train::{Experiment, Registry};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let registry = Registry::built_in();
    if !text.contains('\n') {
        set(registry, text);
    }
    let Ok(table) = toml::from_str::<toml::Table>(text) else { return };
    let _ = Experiment::whole(registry, table.clone());
    let tasks = match table.contains_key("task") {
        true => &[None][..],
        false => &[Some("xor"), Some("cart-pole")],
    };
    for task in tasks {
        let layered = Experiment::layered(registry, *task, "default", None, Some(table.clone()));
        let Ok((_, experiment)) = layered else { continue };
        if experiment.validate(registry).is_ok() {
            let again = toml::from_str(&experiment.commented()).expect("TOML");
            let again = Experiment::whole(registry, again).expect("a whole configuration");
            assert_eq!(again, experiment);
        }
    }
});

/// One line, as `--set` takes it.
fn set(registry: &Registry, line: &str) {
    for task in ["xor", "cart-pole"] {
        let mut experiment = registry.experiment(task, "default", "ed").unwrap();
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let _ = experiment.set(key.trim(), value.trim());
    }
}
