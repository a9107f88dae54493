//! What a configuration may say of layers, and how what cannot be built is refused.

use dalenet::{
    Activation, Dale, LayerSpec, NetworkSpec, Shape,
    layer::{Convolution, Divisive, Pooling, PoolingMode, Rms, Skip},
};

fn list(json: &str) -> Result<Vec<LayerSpec>, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn a_number_is_a_dense_layer_and_a_table_any_kind() {
    let text = r#"[{"kind": "convolution", "units": 48, "size": 5, "padding": 1},
        {"kind": "pooling", "mode": "average", "size": 4}, {"kind": "dense", "units": 8}, 64,
        {"kind": "rms"}, {"kind": "skip", "from": 2}, {"kind": "divisive", "sigma": 0.5}]"#;
    let wanted = [
        Convolution { units: 48, size: 5, stride: 1, padding: 1 }.into(),
        Pooling { mode: PoolingMode::Average, size: 4, stride: 2 }.into(),
        8.into(),
        LayerSpec::dense(64),
        Rms {}.into(),
        Skip { from: 2 }.into(),
        Divisive { gamma: 1.0, sigma: 0.5, exponent: 2 }.into(),
    ];
    assert_eq!(list(text).unwrap(), wanted);
    let written = serde_json::to_string(&wanted).unwrap();
    assert!(written.contains("8,64,"), "{written}");
    assert_eq!(list(&written).unwrap(), wanted);
    let names = wanted.map(|spec| spec.name());
    assert_eq!(names, ["convolution", "pooling", "dense", "dense", "rms", "skip", "divisive"]);
}

#[test]
fn mistakes_in_a_list_are_named() {
    for (text, named) in [
        (r#"[{"kind": "polling"}]"#, "polling"),
        (r#"[{"kind": "polling"}]"#, "`divisive`"),
        (r#"[{"kind": "skip", "to": 2}]"#, "`to`"),
        (r#"[{"kind": "rms", "epsilon": 2}]"#, "`epsilon`"),
        (r#"[{"kind": "skip"}]"#, "`from`"),
        (r#"[{"units": 2}]"#, "`kind`"),
        (r#"["dense"]"#, "a number of units or a table"),
        ("[-3]", "at least 1 unit"),
    ] {
        let error = list(text).unwrap_err();
        assert!(error.contains(named), "{text}: {error}");
    }
}

fn spec(layers: Vec<LayerSpec>) -> NetworkSpec {
    NetworkSpec { inputs: 4, layers, outputs: 2, ..NetworkSpec::default() }
}

fn image(side: usize, layers: Vec<LayerSpec>) -> NetworkSpec {
    let shape = Shape { height: side, width: side, channels: 1 };
    NetworkSpec { inputs: shape.len(), image: Some(shape), ..spec(layers) }
}

fn refusal(spec: &NetworkSpec) -> String {
    spec.check().err().expect("a refusal").to_string()
}

#[test]
fn what_cannot_be_built_is_refused_with_the_layer_and_the_cause() {
    let convolution = |size, padding| Convolution { units: 2, size, stride: 1, padding }.into();
    let pooling = |size| Pooling { mode: PoolingMode::Max, size, stride: 1 }.into();
    let divisive = |gamma, sigma, exponent| Divisive { gamma, sigma, exponent }.into();
    let tanh = |spec: NetworkSpec| NetworkSpec { activations: vec![Activation::Tanh], ..spec };
    let (rms, skip) = (LayerSpec::from(Rms {}), |from| Skip { from }.into());
    for (spec, words) in [
        (spec(vec![3.into(), 0.into()]), "layer 2 (dense) cannot be built: it needs at least one"),
        (spec(vec![rms]), "layer 1 (rms) cannot be built: it has no weights"),
        (image(5, vec![convolution(6, 0)]), "6×6 does not fit into the 5×5"),
        (image(5, vec![convolution(2, 2)]), "`padding` of 2 must be below its `size` of 2"),
        (image(5, vec![convolution(0, 0)]), "`size` and `stride` must be 1"),
        (image(5, vec![convolution(4, 0), pooling(3)]), "layer 2 (pooling) cannot be built"),
        (image(5, vec![convolution(2, 0), rms]), "needs a fully connected layer"),
        (tanh(spec(vec![3.into(), rms])), "never negative: relu or sigmoid"),
        (tanh(spec(vec![3.into(), divisive(1.0, 1.0, 2)])), "never negative: relu or sigmoid"),
        (spec(vec![3.into(), divisive(1.0, 0.0, 2)]), "`sigma` must be above 0"),
        (spec(vec![3.into(), divisive(f32::NAN, 1.0, 2)]), "`gamma` and"),
        (spec(vec![3.into(), divisive(1.0, 1.0, 3)]), "`exponent` of 3 must be 1 or 2"),
        (spec(vec![3.into(), 3.into(), skip(1)]), "which is 2 to 2 here, not 1"),
        (spec(vec![3.into(), 3.into(), skip(3)]), "which is 2 to 2 here, not 3"),
        (spec(vec![3.into(), 2.into(), skip(2)]), "both must be the same"),
        (spec(vec![usize::MAX.into()]), "more weights than memory can hold"),
        (spec(vec![100_000.into(), 100_000.into()]), "more weights than memory can hold"),
        (NetworkSpec { outputs: 0, ..spec(vec![]) }, "at least one input and one output"),
        (NetworkSpec { inputs: 26, ..image(5, vec![]) }, "has not the 26 values"),
        (NetworkSpec { dual: false, ..spec(vec![]) }, "Dale's principle needs two streams"),
        (NetworkSpec { activations: vec![], ..spec(vec![]) }, "the response of its hidden layers"),
        (
            NetworkSpec { activations: vec![Activation::Softmax], ..spec(vec![]) },
            "softmax is a response for the output",
        ),
        (
            NetworkSpec { output: Activation::Sigmoid { width: 0.0 }, ..spec(vec![]) },
            "width of a sigmoid must be above 0",
        ),
        (
            NetworkSpec { dale: Some(Dale { floor: f32::NAN, ..Dale::default() }), ..spec(vec![]) },
            "the floor of Dale's principle",
        ),
    ] {
        let message = refusal(&spec);
        assert!(message.contains(words), "{message}");
        assert!(!message.contains(". ") && !message.contains('\n'), "one sentence: {message}");
    }
}

#[test]
fn what_can_be_built_passes() {
    let divisive = LayerSpec::from(Divisive::default());
    for layers in [
        vec![],
        vec![3.into(), Rms {}.into(), divisive, 3.into(), Skip { from: 2 }.into(), 5.into()],
    ] {
        assert!(spec(layers).check().is_ok());
    }
}
