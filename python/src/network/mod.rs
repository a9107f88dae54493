//! A network on NumPy arrays.

mod blueprint;
pub mod weights;

use crate::{
    arrays::{self, Array, ArrayLike, Arrays, array, check_shape},
    error::{self, DivergedError, guard},
    lesson,
    lock::Lock,
};
use blueprint::{Blueprint, InputShape};
use dalenet::{
    Generator, GeneratorState, Matrix, Shape, Trace,
    checkpoint::{self, Checkpoint},
    layer::Layer,
};
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyBytes, PyDict, PyTuple},
};

/// A network under Dale's principle, or a usual one.
///
/// A hidden layer has an excitatory and an inhibitory stream of so many units each, and weights keep
/// their signs: ``W = [[+W_pp, -W_pn], [-W_np, +W_nn]]`` (rows: source). The input feeds both streams;
/// the output has only the excitatory one. Settings have the names and defaults of the program
/// (``dalenet config --preset paper``).
///
/// Parameters
/// ----------
/// inputs : int or tuple of int
///     Length of the input D, or the shape (height, width, channels) of an image, D = H·W·C.
/// layers : sequence of int or dict
///     The hidden layers: a number is a fully connected layer of so many units a stream, a dict with
///     the key ``kind`` any other, such as ``{"kind": "convolution", "units": 8, "size": 3}``.
/// outputs : int
///     Output units C.
/// convolutions : sequence of dict
///     The first layers, if they are convolutions: ``{"units": 8, "size": 5, "pooling": "max"}``.
/// dual : bool
///     Whether there are two streams.
/// dale : bool or "literal"
///     Whether weights keep their sign; needs two streams.
/// floor : float
///     Smallest magnitude of a weight under Dale's principle.
/// grow_only : bool
///     Whether magnitudes may only grow (Kaneko 1999).
/// proportional : bool
///     Whether steps change magnitudes in proportion to them (exponentiated gradient).
/// response : {"sigmoid", "relu", "tanh"}
///     Response of the hidden units.
/// widths : sequence of float
///     Width α of the sigmoid 1/(1 + exp(−2z/α)) of each layer; the last serves the rest.
/// rms : bool
///     Whether the activity of fully connected layers is divided by its root mean square.
/// excitatory_gain, inhibitory_gain : float
///     Factors of the initial weights within and between the streams of hidden layers.
/// fan_in : bool
///     Whether initial weights are divided by the root of the fan-in.
/// threshold : float
///     Activity β of Kaneko's threshold units.
/// precision : {"f32", "bf16"}
///     Precision of products: ``bf16`` rounds their operands to 8 significant bits.
/// output : {"sigmoid", "softmax", "tanh", "identity"}
///     Response of the output layer.
/// output_gain : float
///     Factor of the initial weights of the output layer.
/// orthogonal : bool
///     Whether single-stream weights start orthogonal (Saxe et al. 2014).
/// seed : int
///     Seed of the initial weights.
///
/// Raises
/// ------
/// ValueError
///     If the layers do not fit together or a setting is not possible.
///
/// Examples
/// --------
/// >>> import dalenet, numpy as np
/// >>> network = dalenet.Network(4, [6], 3, seed=0)
/// >>> network.forward(np.ones((2, 4))).shape
/// (2, 3)
/// >>> network.weights["layer1.W_pp"].shape, network.units
/// ((4, 6), [12, 3])
#[pyclass(frozen, module = "dalenet")]
pub struct Network {
    held: Lock<Held>,
    /// What it was built from, unless it is the copy that a rule is given.
    blueprint: Option<Blueprint>,
    /// Where the generator stands after the initial weights.
    generator: GeneratorState,
}

/// A network with the buffers of its forward pass.
pub struct Held {
    pub network: dalenet::Network,
    trace: Trace,
}

#[pymethods]
impl Network {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    #[pyo3(signature = (
        inputs: "int | tuple[int, int, int]",
        layers: "collections.abc.Sequence[int | dict[str, object]]",
        outputs: "int",
        *,
        output: "str" = "sigmoid",
        output_gain: "float" = 1.0,
        orthogonal: "bool" = false,
        seed: "int" = 0,
        **settings: "object",
    ))]
    fn new(
        inputs: InputShape,
        layers: &Bound<'_, PyAny>,
        outputs: usize,
        output: &str,
        output_gain: f32,
        orthogonal: bool,
        seed: u64,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        guard(|| {
            let py = layers.py();
            let settings = settings.map_or_else(|| PyDict::new(py), Bound::clone);
            settings.set_item("layers", layers)?;
            let shapes = [inputs.shape(), Shape::flat(outputs)];
            let blueprint = Blueprint::new(shapes, output, output_gain, orthogonal, &settings)?;
            Self::build(blueprint, &mut Generator::new(seed, 0))
        })
    }

    /// The prediction B×C for samples B×D (or B×H×W×C).
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     If the samples have another shape or are not finite.
    fn forward<'py>(&self, py: Python<'py>, x: ArrayLike<'py>) -> PyResult<Array<'py>> {
        guard(|| {
            let x = arrays::samples(&x, "x")?;
            let prediction = self.held.compute(py, |held| {
                held.forward(x)?;
                Ok(held.trace.output().clone())
            })?;
            array(py, &finite(prediction)?)
        })
    }

    /// The activity of every layer's units for samples B×D: for each layer B×N, of a convolution
    /// B×(P·N).
    fn activities<'py>(&self, py: Python<'py>, x: ArrayLike<'py>) -> PyResult<Vec<Array<'py>>> {
        guard(|| {
            let x = arrays::samples(&x, "x")?;
            let activities = self.held.compute(py, |held| {
                held.forward(x)?;
                let layers = 0..held.network.layers().len();
                Ok(layers.map(|l| held.network.activity(&held.trace, l)).collect::<Vec<_>>())
            })?;
            activities.iter().map(|activity| array(py, activity)).collect()
        })
    }

    /// Magnitudes of the weights by part, and biases, as checkpoints name them: ``layer1.W_pp`` K×N
    /// (rows: source), …, ``layer1.bias`` N. Copies.
    #[getter]
    fn weights<'py>(&self, py: Python<'py>) -> PyResult<Arrays<'py>> {
        guard(|| weights::all(py, &self.copy(py)?))
    }

    /// The signed weights of a layer, K×N, rows: source. Layers are counted from 0.
    fn signed_weights<'py>(&self, py: Python<'py>, layer: usize) -> PyResult<Array<'py>> {
        guard(|| {
            let read = |held: &mut Held| Ok(lesson::find(&held.network, layer)?.weights().clone());
            array(py, &self.held.compute(py, read)?)
        })
    }

    /// Sets weights and biases by their names in ``weights``; the others stay as they are.
    ///
    /// Raises
    /// ------
    /// KeyError
    ///     If there is no such part.
    /// ValueError
    ///     If an array has another shape, is not finite or, under Dale's principle, is below the floor.
    ///     Nothing is set then.
    #[pyo3(signature = (weights: "collections.abc.Mapping[str, numpy.typing.ArrayLike]"))]
    fn set_weights(&self, py: Python<'_>, weights: &Bound<'_, PyAny>) -> PyResult<()> {
        guard(|| {
            let mut network = self.copy(py)?;
            for item in weights.call_method0("items")?.try_iter()? {
                let (name, values): (String, Bound<'_, PyAny>) = item?.extract()?;
                weights::set(&mut network, &name, &values)?;
            }
            self.held.compute(py, |held| {
                held.network = network;
                Ok(())
            })
        })
    }

    /// How many units each layer with weights has, N of both streams.
    #[getter]
    fn units(&self, py: Python<'_>) -> PyResult<Vec<usize>> {
        self.of_layers(py, |layer| layer.units())
    }

    /// How many of them are excitatory; they come first. In a single-stream network all.
    #[getter]
    fn excitatory_units(&self, py: Python<'_>) -> PyResult<Vec<usize>> {
        self.of_layers(py, |layer| layer.excitatory_units())
    }

    /// What each layer hands on: (height, width, N); (1, 1, N) if it is fully connected.
    #[getter]
    fn shapes(&self, py: Python<'_>) -> PyResult<Vec<(usize, usize, usize)>> {
        self.of_layers(py, |layer| {
            let shape = layer.output();
            (shape.height, shape.width, shape.channels)
        })
    }

    /// How many weights and biases it has.
    #[getter]
    fn parameters(&self, py: Python<'_>) -> PyResult<usize> {
        guard(|| self.held.compute(py, |held| Ok(held.network.parameters())))
    }

    /// Moves the biases so that each unit's mean input over the samples B×D is zero.
    fn balance_biases(&self, py: Python<'_>, x: ArrayLike<'_>) -> PyResult<()> {
        guard(|| {
            let x = arrays::samples(&x, "x")?;
            self.held.compute(py, |held| {
                held.forward(x)?;
                held.network.balance_biases(&mut held.trace);
                Ok(())
            })
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let units = self.units(py)?;
        Ok(format!("<dalenet.Network of {units:?} units, {} parameters>", self.parameters(py)?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        guard(|| {
            let (py, own) = (slf.py(), slf.get());
            let blueprint = own.blueprint.as_ref().ok_or_else(|| {
                PyTypeError::new_err("the network that a rule is given cannot be pickled")
            })?;
            let text = serde_json::to_string(&(blueprint, &own.generator)).map_err(error::value)?;
            let bytes = checkpoint::write(&[("", &own.copy(py)?, None)], &[], Default::default());
            let restore = slf.get_type().getattr("_restore")?;
            (restore, (text, PyBytes::new(py, &bytes))).into_pyobject(py)
        })
    }

    /// The network that was pickled.
    #[staticmethod]
    fn _restore(text: &str, bytes: &[u8]) -> PyResult<Self> {
        guard(|| {
            let (blueprint, generator): (Blueprint, GeneratorState) =
                serde_json::from_str(text).map_err(error::value)?;
            let mut network = Self::build(blueprint, &mut Generator::new(0, 0))?;
            network.generator = generator;
            let file = Checkpoint::parse(bytes).map_err(error::value)?;
            let held = network.held.get_mut();
            file.load_network("", &mut held.network).map_err(error::value)?;
            Ok(network)
        })
    }
}

impl Network {
    fn build(blueprint: Blueprint, generator: &mut Generator) -> PyResult<Self> {
        let network = dalenet::Network::new(&blueprint.spec()?, generator);
        let held = Lock::new(Held { network, trace: Trace::default() });
        Ok(Self { held, blueprint: Some(blueprint), generator: generator.state() })
    }

    /// A network that was made elsewhere.
    pub fn of(network: dalenet::Network) -> Self {
        let held = Lock::new(Held { network, trace: Trace::default() });
        Self { held, blueprint: None, generator: GeneratorState::default() }
    }

    /// The network, for a learner.
    pub fn held(&self) -> &Lock<Held> {
        &self.held
    }

    /// Where the generator stands after the initial weights.
    pub fn generator(&self) -> Generator {
        Generator::restore(&self.generator)
    }

    /// A copy of the network as it is now.
    pub fn copy(&self, py: Python<'_>) -> PyResult<dalenet::Network> {
        self.held.compute(py, |held| Ok(held.network.clone()))
    }

    fn of_layers<R: Send>(
        &self,
        py: Python<'_>,
        read: impl Fn(&Layer) -> R + Send,
    ) -> PyResult<Vec<R>> {
        guard(|| self.held.compute(py, |held| Ok(held.network.layers().iter().map(read).collect())))
    }
}

impl Held {
    /// Fills the trace for these samples.
    fn forward(&mut self, x: Matrix) -> PyResult<()> {
        fill(&self.network, &mut self.trace, x)?;
        self.network.forward(&mut self.trace);
        Ok(())
    }
}

/// Makes samples the input of a network.
///
/// # Errors
/// `ValueError` if they have another shape, or there are none.
pub fn fill(network: &dalenet::Network, trace: &mut Trace, x: Matrix) -> PyResult<()> {
    let inputs = network.layers().first().map_or(0, |layer| layer.input().len());
    if x.rows() == 0 {
        return Err(error::value("x has no samples"));
    }
    check_shape(&x, "x", [x.rows(), inputs])?;
    *trace.input_mut() = x;
    Ok(())
}

/// # Errors
/// [`DivergedError`] if a prediction is not finite.
pub fn finite(prediction: Matrix) -> PyResult<Matrix> {
    match prediction.as_slice().iter().all(|value| value.is_finite()) {
        true => Ok(prediction),
        false => Err(DivergedError::new_err(
            "the prediction is no longer a number: train anew with a smaller rate",
        )),
    }
}
