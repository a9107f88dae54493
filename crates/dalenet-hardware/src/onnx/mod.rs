//! Networks as ONNX graphs, from raw inputs to what they say: pixels or observations go in, outputs and
//! the class or the action come out.
//!
//! Operators are those of opset 17 (IR version 8), which every runtime since 2022 reads. Weights are
//! stored as magnitudes under the names of a checkpoint.

mod graph;
mod network;
mod preparation;
mod proto;

use dalenet::Shape;
use dalenet_ppo::Policy;
use dalenet_train::{Classifier, InputKind, TrainedAgent};
use graph::{Builder, Element, Setting};
use network::Activity;
use serde::Serialize;

/// How the weights of a layer are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// The four matrices of magnitudes, W_pp, W_np, W_pn and W_nn, added and subtracted: Dale's principle
    /// stays visible.
    #[default]
    Dual,
    /// One signed matrix over both streams: one product a layer.
    Signed,
}

/// The numbers that the graph of a classifier is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pixels {
    /// Bytes, 0 to 255, which the graph divides by 255.
    Bytes,
    /// Floating-point numbers as the network was trained on: pixels from 0 to 1.
    Floats,
}

/// The graph of a classifier: `image` B×H×W×C (of a sample without an image `features`, B×D) to `output`
/// B×C, as the network gives it, and `label` B.
///
/// ```
/// use dalenet_hardware::onnx::{Form, Pixels, classifier};
/// use dalenet_train::{Classifier, Registry};
/// # fn export(trained: &Classifier) {
/// let model: Vec<u8> = classifier(trained, Form::Dual, Pixels::Bytes);
/// # }
/// ```
pub fn classifier(trained: &Classifier, form: Form, pixels: Pixels) -> Vec<u8> {
    let Classifier { config, preparation, network, classes, .. } = trained;
    let mut graph = Builder::default();
    let image = preparation.image();
    let raw = raw_input(&mut graph, image, pixels);
    let statistics: Vec<_> = preparation.statistics().into_iter().map(f32::from_bits).collect();
    let is_image = image.positions() > 1;
    let prepared = match (config.input, is_image) {
        (InputKind::Raw, _) => raw,
        (kind, _) => {
            let statistics = (&statistics[..], image.channels);
            preparation::add(&mut graph, &raw, kind, statistics, is_image)
        }
    };
    let input = Activity { streams: vec![prepared], shape: preparation.output(), is_image };
    let layers = config.network.hidden_layers();
    let output = network::add(&mut graph, network, &layers, input, form, "");
    let outputs = network.outputs();
    graph.output(&output, "output", Element::Float, &[outputs], "The network's outputs");
    let label = label(&mut graph, &output, outputs);
    graph.output(&label, "label", Element::Integer, &[], "The index of the predicted class");
    let doc = format!("{} by {}, trained by dalenet", config.task, config.rule);
    graph.finish("classifier", &doc, &[("classes", classes.join("\n"))])
}

/// The raw input as floating-point numbers, an image as B×C×H×W.
fn raw_input(graph: &mut Builder, image: Shape, pixels: Pixels) -> String {
    let Shape { height, width, channels } = image;
    let is_image = image.positions() > 1;
    let (name, row, doc) = match is_image {
        true => ("image", vec![height, width, channels], "Pixels, row by row"),
        false => ("features", vec![channels], "The features of a sample"),
    };
    let element = match pixels {
        Pixels::Bytes => Element::Byte,
        Pixels::Floats => Element::Float,
    };
    let mut value = graph.input(name, element, &row, doc);
    if pixels == Pixels::Bytes {
        let (scale, zero) = (graph.scalar(1.0 / 255.0), graph.zero_byte());
        value = graph.node("DequantizeLinear", &[&value, &scale, &zero], &[]);
    }
    if is_image {
        let channels_first = [("perm", Setting::Numbers(&[0, 3, 1, 2]))];
        value = graph.node("Transpose", &[&value], &channels_first);
    }
    value
}

/// The index of the largest output; of a single one, whether it is above one half.
fn label(graph: &mut Builder, output: &str, outputs: usize) -> String {
    if outputs > 1 {
        return largest(graph, output);
    }
    let half = graph.scalar(0.5);
    let above = graph.node("Greater", &[output, &half], &[]);
    let integer = [("to", Setting::Number(Element::Integer as i64))];
    let label = graph.node("Cast", &[&above], &integer);
    let shape = graph.integers(&[-1]);
    graph.node("Reshape", &[&label, &shape], &[])
}

fn largest(graph: &mut Builder, output: &str) -> String {
    let settings = [("axis", Setting::Number(1)), ("keepdims", Setting::Number(0))];
    graph.node("ArgMax", &[output], &settings)
}

/// The graph of an agent's policy: `observation` B×O, as the environment gives it, to `output` B×A (the
/// means of the actions, or the logits of the choices) and the deterministic `action`: B×A within the
/// environment's bounds, or B choices.
pub fn agent(trained: &TrainedAgent, form: Form) -> Vec<u8> {
    let TrainedAgent { config, agent, env } = trained;
    let mut graph = Builder::default();
    let len = env.observation_space().len();
    let doc = "What the environment shows";
    let mut value = graph.input("observation", Element::Float, &[len], doc);
    if let Some((mean, deviation, bound)) = agent.observation_moments() {
        let mean = graph.constant("observations.mean", &[len], mean);
        let deviation = graph.constant("observations.deviation", &[len], deviation);
        let centred = graph.node("Sub", &[&value, &mean], &[]);
        let scaled = graph.node("Div", &[&centred, &deviation], &[]);
        let bounds = [graph.scalar(-bound), graph.scalar(bound)];
        value = graph.node("Clip", &[&scaled, &bounds[0], &bounds[1]], &[]);
    }
    let shape = Shape::flat(len);
    let input = Activity { streams: vec![value], shape, is_image: false };
    let layers = config.network.hidden_layers();
    let output = network::add(&mut graph, &agent.network, &layers, input, form, "actor.");
    let outputs = agent.network.outputs();
    graph.output(&output, "output", Element::Float, &[outputs], "Means of actions, or logits");
    match &agent.policy {
        Policy::Categorical(_) => {
            let action = largest(&mut graph, &output);
            graph.output(&action, "action", Element::Integer, &[], "The most probable choice");
        }
        Policy::Gaussian(gaussian) => {
            let (low, high) = gaussian.bounds();
            let low = graph.constant("action.low", &[outputs], low);
            let high = graph.constant("action.high", &[outputs], high);
            let above = graph.node("Max", &[&output, &low], &[]);
            let action = graph.node("Min", &[&above, &high], &[]);
            graph.output(&action, "action", Element::Float, &[outputs], "The most probable action");
        }
    }
    let doc = format!("{} by {}, trained by dalenet", config.task, config.rule);
    graph.finish("agent", &doc, &[])
}
