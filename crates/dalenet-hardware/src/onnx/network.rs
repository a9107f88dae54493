//! A network as nodes of a graph.

use super::{
    Form,
    graph::{Builder, Setting},
};
use dalenet::{
    Activation, LayerSpec, Matrix, Network, Shape,
    engine::{RMS_EPSILON, Window},
    layer::{Divisive, Layer, Pooling, PoolingMode, SubMatrix},
};

/// Activity: a value of the graph for each stream, or one for both, where p and n of a pixel are
/// neighbours.
#[derive(Clone)]
pub struct Activity {
    /// B×C×H×W each; of a fully connected layer B×N.
    pub streams: Vec<String>,
    /// The shape of a sample of one stream.
    pub shape: Shape,
    /// Whether it has the four dimensions of an image.
    pub is_image: bool,
}

/// Adds `network`, whose hidden layers are `layers`, above an input; returns its outputs B×C. Names of
/// its weights are those of a checkpoint with this prefix.
pub fn add(
    graph: &mut Builder,
    network: &Network,
    layers: &[LayerSpec],
    input: Activity,
    form: Form,
    prefix: &str,
) -> String {
    let mut writer = Writer { graph, network, form, prefix, layer: 0 };
    let mut outputs = vec![input.clone()];
    let mut last = input;
    for spec in layers {
        last = match *spec {
            LayerSpec::Dense(_) => writer.dense(&last),
            LayerSpec::Convolution(kind) => {
                let window = Window { size: kind.size, stride: kind.stride, padding: kind.padding };
                writer.convolution(&last, window)
            }
            LayerSpec::Pooling(pooling) => writer.pooling(&last, pooling),
            LayerSpec::Rms(_) => writer.rms(&last),
            LayerSpec::Skip(skip) => writer.skip(&last, &outputs[outputs.len() - skip.from]),
            LayerSpec::Divisive(divisive) => writer.divisive(&last, divisive),
        };
        outputs.push(last.clone());
    }
    writer.dense(&last).streams.remove(0)
}

struct Writer<'a> {
    graph: &'a mut Builder,
    network: &'a Network,
    form: Form,
    prefix: &'a str,
    /// Layers with weights so far.
    layer: usize,
}

impl Writer<'_> {
    /// A fully connected layer, the output layer among them.
    fn dense(&mut self, input: &Activity) -> Activity {
        let streams: Vec<_> = input.streams.iter().map(|s| self.flat(s, input)).collect();
        let multiply = |graph: &mut Builder, stream: &str, weights: &Matrix, name: String| {
            let weights =
                graph.constant(name, &[weights.rows(), weights.cols()], weights.as_slice());
            graph.node("MatMul", &[stream, &weights], &[])
        };
        let (sums, units) = self.sums(&streams, multiply);
        self.respond(sums, Shape::flat(units), false)
    }

    /// A stream with the pixels of a sample in a row, each with its channels.
    fn flat(&mut self, stream: &str, of: &Activity) -> String {
        if !of.is_image {
            return stream.into();
        }
        let last = [("perm", Setting::Numbers(&[0, 2, 3, 1]))];
        let pixels = self.graph.node("Transpose", &[stream], &last);
        let shape = self.graph.integers(&[0, -1]);
        self.graph.node("Reshape", &[&pixels, &shape], &[])
    }

    fn convolution(&mut self, input: &Activity, window: Window) -> Activity {
        let streams: Vec<_> = input.streams.iter().map(|s| self.image(s, input)).collect();
        let Window { size, stride, padding } = window;
        let (size, stride, padding) = (size as i64, stride as i64, padding as i64);
        let convolve = |graph: &mut Builder, stream: &str, weights: &Matrix, name: String| {
            let (values, shape) = kernels(weights, window.size);
            let weights = graph.constant(name, &shape, &values);
            let settings = [
                ("kernel_shape", Setting::Numbers(&[size, size])),
                ("strides", Setting::Numbers(&[stride, stride])),
                ("pads", Setting::Numbers(&[padding; 4])),
            ];
            graph.node("Conv", &[stream, &weights], &settings)
        };
        let (sums, units) = self.sums(&streams, convolve);
        let shape = window.over(input.shape, units);
        self.respond(sums, shape, true)
    }

    /// A stream as an image.
    fn image(&mut self, stream: &str, of: &Activity) -> String {
        if of.is_image {
            return stream.into();
        }
        let shape = self.graph.integers(&[0, of.shape.channels as i64, 1, 1]);
        self.graph.node("Reshape", &[stream, &shape], &[])
    }

    /// What reaches the units of each stream through the weights, before the biases; and how many units
    /// a value has. `multiply` is the layer's product.
    fn sums(
        &mut self,
        streams: &[String],
        multiply: impl Fn(&mut Builder, &str, &Matrix, String) -> String,
    ) -> (Vec<String>, usize) {
        let layer = &self.network.layers()[self.layer];
        let name = |part: &str| format!("{}layer{}.{part}", self.prefix, self.layer + 1);
        let parts = layer.sub_matrices();
        if self.form == Form::Signed || parts.len() == 1 {
            let weights = layer.distinct_weights();
            let product = multiply(self.graph, &streams[0], weights, name("W"));
            return (vec![product], layer.units());
        }
        let mut sums: Vec<String> = Vec::new();
        for target in targets(&parts) {
            let mut into: Vec<_> = parts.iter().filter(|part| part.cols == target).collect();
            // What excites comes first, so that what inhibits is subtracted from it.
            into.sort_by_key(|part| !part.excitatory);
            let mut products = into.iter().map(|part| {
                let stream = &streams[source(layer, part).min(streams.len() - 1)];
                multiply(self.graph, stream, &layer.magnitudes(part), name(&part.name))
            });
            let first = products.next().expect("a part");
            let rest: Vec<_> = products.collect();
            let sum = into[1..].iter().zip(rest).fold(first, |sum, (part, product)| {
                let operator = if part.excitatory { "Add" } else { "Sub" };
                self.graph.node(operator, &[&sum, &product], &[])
            });
            // A stream that only inhibits.
            let sum = if into[0].excitatory { sum } else { self.graph.node("Neg", &[&sum], &[]) };
            sums.push(sum);
        }
        (sums, layer.excitatory_units())
    }

    /// The units' response to their inputs. `shape` is that of a value.
    fn respond(&mut self, sums: Vec<String>, shape: Shape, is_image: bool) -> Activity {
        let layer = &self.network.layers()[self.layer];
        self.layer += 1;
        let name = format!("{}layer{}.bias", self.prefix, self.layer);
        let mut streams = Vec::new();
        for (stream, (sum, bias)) in
            sums.iter().zip(layer.bias().chunks(shape.channels)).enumerate()
        {
            let name = match sums.len() {
                1 => name.clone(),
                _ => format!("{name}_{}", ["p", "n"][stream]),
            };
            let dims = [shape.channels, 1, 1];
            let bias = self.graph.constant(name, if is_image { &dims } else { &dims[..1] }, bias);
            let z = self.graph.node("Add", &[sum, &bias], &[]);
            streams.push(self.activate(&z, layer.activation()));
        }
        Activity { streams, shape, is_image }
    }

    fn activate(&mut self, z: &str, activation: Activation) -> String {
        match activation {
            Activation::Sigmoid { width } => {
                let factor = self.graph.scalar(2.0 / width);
                let scaled = self.graph.node("Mul", &[z, &factor], &[]);
                self.graph.node("Sigmoid", &[&scaled], &[])
            }
            Activation::Relu => self.graph.node("Relu", &[z], &[]),
            Activation::Tanh => self.graph.node("Tanh", &[z], &[]),
            Activation::Softmax => {
                self.graph.node("Softmax", &[z], &[("axis", Setting::Number(1))])
            }
            Activation::Identity => z.into(),
        }
    }

    fn pooling(&mut self, input: &Activity, Pooling { mode, size, stride }: Pooling) -> Activity {
        let window = Window { size, stride, padding: 0 };
        let (size, stride) = (size as i64, stride as i64);
        let settings = [
            ("kernel_shape", Setting::Numbers(&[size, size])),
            ("strides", Setting::Numbers(&[stride, stride])),
        ];
        let operator = match mode {
            PoolingMode::Average => "AveragePool",
            PoolingMode::Max => "MaxPool",
        };
        let shape = window.over(input.shape, input.shape.channels);
        let images: Vec<_> = input.streams.iter().map(|stream| self.image(stream, input)).collect();
        let pool = |stream: &String| self.graph.node(operator, &[stream], &settings);
        Activity { streams: images.iter().map(pool).collect(), shape, is_image: true }
    }

    /// Division by the root mean square of all units of a sample.
    fn rms(&mut self, input: &Activity) -> Activity {
        let mean = self.mean_power(input, 2);
        let epsilon = self.graph.scalar(RMS_EPSILON);
        let power = self.graph.node("Add", &[&mean, &epsilon], &[]);
        let divisor = self.graph.node("Sqrt", &[&power], &[]);
        let divide = |stream: &String| self.graph.node("Div", &[stream, &divisor], &[]);
        Activity { streams: input.streams.iter().map(divide).collect(), ..*input }
    }

    fn divisive(&mut self, input: &Activity, kind: Divisive) -> Activity {
        let Divisive { gamma, sigma, exponent } = kind;
        let mean = self.mean_power(input, exponent);
        let floor = self.graph.scalar(sigma.powi(exponent.into()));
        let divisor = self.graph.node("Add", &[&mean, &floor], &[]);
        let gamma = self.graph.scalar(gamma);
        let factor = self.graph.node("Div", &[&gamma, &divisor], &[]);
        let divide = |stream: &String| {
            let power = power(self.graph, stream, exponent);
            self.graph.node("Mul", &[&power, &factor], &[])
        };
        Activity { streams: input.streams.iter().map(divide).collect(), ..*input }
    }

    /// The mean of a power of the activity over the channels of both streams, at each place.
    fn mean_power(&mut self, input: &Activity, exponent: u8) -> String {
        let streams: Vec<_> = input.streams.iter().map(String::as_str).collect();
        let both = match streams.as_slice() {
            [one] => (*one).into(),
            _ => self.graph.node("Concat", &streams, &[("axis", Setting::Number(1))]),
        };
        let power = power(self.graph, &both, exponent);
        self.graph.node("ReduceMean", &[&power], &[("axes", Setting::Numbers(&[1]))])
    }

    fn skip(&mut self, input: &Activity, earlier: &Activity) -> Activity {
        let pairs = input.streams.iter().zip(&earlier.streams);
        let add = |(a, e): (&String, &String)| self.graph.node("Add", &[a, e], &[]);
        Activity { streams: pairs.map(add).collect(), ..*input }
    }
}

fn power(graph: &mut Builder, value: &str, exponent: u8) -> String {
    match exponent {
        1 => value.into(),
        _ => graph.node("Mul", &[value, value], &[]),
    }
}

/// The columns of the target streams, p first.
fn targets(parts: &[SubMatrix]) -> Vec<std::ops::Range<usize>> {
    let mut targets: Vec<_> = parts.iter().map(|part| part.cols.clone()).collect();
    targets.sort_by_key(|cols| cols.start);
    targets.dedup();
    targets
}

/// The stream that a part begins in: 0 for p, 1 for n.
fn source(layer: &Layer, part: &SubMatrix) -> usize {
    let first_of = |other: &SubMatrix| other.rows.first().copied();
    let earliest = layer.sub_matrices().iter().filter_map(first_of).min();
    usize::from(first_of(part) != earliest)
}

/// Weights of patches, K×N with pixels row by row, as N×C×size×size.
fn kernels(weights: &Matrix, size: usize) -> (Vec<f32>, [usize; 4]) {
    let channels = weights.rows() / (size * size);
    let mut values = Vec::with_capacity(weights.as_slice().len());
    for unit in 0..weights.cols() {
        for channel in 0..channels {
            values.extend(
                (0..size * size).map(|pixel| weights.row(pixel * channels + channel)[unit]),
            );
        }
    }
    (values, [weights.cols(), channels, size, size])
}
