//! What is done to an input before the network receives it, as nodes of a graph: see
//! [`dalenet_train::Preparation`].

use super::graph::{Builder, Setting};
use dalenet_train::InputKind;

/// Pixels on each side of one that its neighbourhood reaches.
const REACH: i64 = 3;
/// Added to the deviation of local contrast.
const FLAT: f32 = 0.3;

/// Pixels along a side of the whitening filter.
const SIZE: usize = 5;

/// Adds the preparation of `input`, an image B×C×H×W or a vector B×C of so many channels; `statistics`
/// are those of [`dalenet_train::Preparation::statistics`].
pub fn add(
    graph: &mut Builder,
    input: &str,
    kind: InputKind,
    (statistics, channels): (&[f32], usize),
    is_image: bool,
) -> String {
    let (scales, weights) = statistics.split_at(2 * channels);
    let of = |start| scales.iter().skip(start).step_by(2).copied().collect::<Vec<_>>();
    let dims = [channels, 1, 1];
    let dims = if is_image { &dims } else { &dims[..1] };
    let mean = graph.constant("preparation.mean", dims, &of(0));
    let scale = graph.constant("preparation.inverse_deviation", dims, &of(1));
    let centred = graph.node("Sub", &[input, &mean], &[]);
    let mut z = graph.node("Mul", &[&centred, &scale], &[]);
    if matches!(kind, InputKind::Contrast | InputKind::Whitened) && is_image {
        z = local_contrast(graph, &z);
    }
    if kind == InputKind::Whitened {
        let dims = [channels, channels, SIZE, SIZE];
        let weights = graph.constant("preparation.whitening", &dims, weights);
        let pads = ("pads", Setting::Numbers(&[SIZE as i64 / 2; 4]));
        z = graph.node("Conv", &[&z, &weights], &[pads]);
    }
    if !kind.is_on_off() {
        return z;
    }
    let negative = graph.node("Neg", &[&z], &[]);
    let on = graph.node("Relu", &[&z], &[]);
    let off = graph.node("Relu", &[&negative], &[]);
    graph.node("Concat", &[&on, &off], &[("axis", Setting::Number(1))])
}

/// Takes the local mean off each channel and divides by the local deviation of all of them.
fn local_contrast(graph: &mut Builder, z: &str) -> String {
    let mean = local_mean(graph, z);
    let z = graph.node("Sub", &[z, &mean], &[]);
    let squares = graph.node("Mul", &[&z, &z], &[]);
    let power = graph.node("ReduceMean", &[&squares], &[("axes", Setting::Numbers(&[1]))]);
    let spread = local_mean(graph, &power);
    let deviation = graph.node("Sqrt", &[&spread], &[]);
    let flat = graph.scalar(FLAT);
    let divisor = graph.node("Add", &[&deviation, &flat], &[]);
    graph.node("Div", &[&z, &divisor], &[])
}

/// The mean over the pixels about each that lie in the image.
fn local_mean(graph: &mut Builder, image: &str) -> String {
    let size = 2 * REACH + 1;
    let settings = [
        ("kernel_shape", Setting::Numbers(&[size, size])),
        ("strides", Setting::Numbers(&[1, 1])),
        ("pads", Setting::Numbers(&[REACH; 4])),
        ("count_include_pad", Setting::Number(0)),
    ];
    graph.node("AveragePool", &[image], &settings)
}
