//! What version 0.1 wrote is read, or refused in one sentence that names the version.

use dalenet::{
    Generator, Method, Network, NetworkSpec, Optimiser,
    checkpoint::{self, Values},
};
use dalenet_lab::{Config, Resources, Run, Training, evaluate_run};
use std::fs;

/// The folder of a run as version 0.1 left it.
fn older_run(folder: &std::path::Path) {
    let config = Config::new("xor", "default", "ed").unwrap();
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("config.toml"), config.commented()).unwrap();
    let spec = NetworkSpec { inputs: 2, layers: vec![32.into()], ..NetworkSpec::default() };
    let network = Network::new(&spec, &mut Generator::new(0, 0));
    let optimiser = Optimiser::new(Method::Sgd, false, &network);
    let metadata = [("config", "{}"), ("progress", "{}"), ("rule", "\"ed\"")];
    let metadata = metadata.map(|(key, text)| (key.to_owned(), text.to_owned())).into();
    let bytes = checkpoint::write(
        &[("", &network, Some(&optimiser))],
        &[("order".into(), Values::U32(vec![0]))],
        metadata,
    );
    fs::write(folder.join("checkpoint.safetensors"), bytes).unwrap();
    let result = r#"{"task":"xor","rule":"ed","seed":0,"epochs":5,"learnt":true,
        "test_accuracy":1.0,"validation_accuracy":null,"train_seconds":1.0,
        "samples_per_second":1.0,"parameters":9,"ei_ratio":[],"floor_share":[],"warning":null,
        "run":"r"}"#;
    fs::write(folder.join("result.json"), result.replace('\n', "")).unwrap();
}

#[test]
fn a_checkpoint_is_refused_and_a_result_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r");
    older_run(&path);
    let run = Run::open(&path).unwrap();
    assert_eq!(run.outcome().unwrap().unwrap().test_accuracy, 1.0);
    let experiment = run.experiment().unwrap();
    let resumed = Training::resume(&path, &experiment, Resources::default(), &mut ());
    let evaluated = evaluate_run(&path, None, Resources::default(), &mut ());
    for error in [resumed.err().unwrap(), evaluated.err().unwrap()] {
        let sentence = error.to_string();
        assert!(sentence.contains("was written by version 0.1 of dalenet"), "{sentence}");
        assert_eq!(error.exit_code(), 2);
    }
}
