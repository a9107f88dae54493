//! A network, the rule that teaches it and the optimiser that moves it, on NumPy arrays.

use crate::{
    arrays::{self, Array, ArrayLike, array, check_shape},
    diagnosis,
    error::{self, guard},
    lock::Lock,
    network::{self, Held, Network},
    optimiser::method,
    pool,
    routing::RoutingChoice,
    rule::{self, RuleChoice},
};
use dalenet::{
    Generator, Matrix, NetworkSpec, Optimiser,
    checkpoint::{self, Checkpoint},
    diagnosis::diagnose,
};
use pyo3::{
    exceptions::PyRuntimeError,
    prelude::*,
    types::{PyBytes, PyDict, PyTuple},
};

/// Learns from errors at the output, whatever task they come from.
///
/// Parameters
/// ----------
/// network : Network
///     The network that learns; it is shared, not copied.
/// rule : str or rule
///     A rule by name (``dalenet.rules()``), or one of your own, made by ``@dalenet.rule``.
/// routing : str, array or routing
///     Which outputs' errors reach which hidden units under Error Diffusion: by name, a matrix H×C, or
///     one made by ``@dalenet.routing``.
/// optimiser : {"sgd", "momentum", "adam"}
///     How a gradient becomes a step.
/// momentum : float
///     Momentum μ, and Adam's β₁.
/// beta2, epsilon : float
///     Adam's β₂ and ε.
/// normalised : bool
///     Whether a layer's step is the batch's sum divided by the layer's presynaptic power ⟨|x|²⟩ instead
///     of by the batch: one rate for layers of any fan-in.
/// bias_rate, convolution_rate : float
///     Factors of the rate for biases and in convolutions.
/// seed : int, optional
///     Seed of what the rule draws, such as fixed feedback. By default the numbers that follow those of
///     the network's initial weights, as in the program.
///
/// Examples
/// --------
/// XOR under Dale's principle by Error Diffusion:
///
/// >>> import dalenet, numpy as np
/// >>> learner = dalenet.Learner(dalenet.Network(2, [32], 1, seed=1), rule="ed")
/// >>> x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
/// >>> target = np.array([[0], [1], [1], [0]])
/// >>> for _ in range(1000):
/// ...     learner.learn(target - learner.forward(x), rate=20.0)
/// >>> bool(np.all(np.abs(learner.forward(x) - target) < 0.2))
/// True
#[pyclass(frozen, module = "dalenet")]
pub struct Learner {
    network: Py<Network>,
    state: Lock<State>,
    rule: RuleChoice,
    routing: RoutingChoice,
    normalised: bool,
    /// The arguments that it was made with, to make it again.
    arguments: Py<PyDict>,
}

/// A learner without its network, which it has only while it computes.
struct State {
    learner: dalenet::Learner,
    /// Samples of the last forward pass.
    samples: Option<usize>,
    /// Whether there is a gradient that no step was made along.
    gradient: bool,
}

/// A learner that has its network, until this is dropped.
struct Whole<'a> {
    state: &'a mut State,
    held: &'a mut Held,
}

impl<'a> Whole<'a> {
    fn new(state: &'a mut State, held: &'a mut Held) -> Self {
        std::mem::swap(&mut state.learner.network, &mut held.network);
        Self { state, held }
    }
}

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        std::mem::swap(&mut self.state.learner.network, &mut self.held.network);
    }
}

/// A network of one weight, in place of one that is elsewhere.
fn placeholder() -> dalenet::Network {
    dalenet::Network::new(&NetworkSpec::default(), &mut Generator::new(0, 0))
}

#[pymethods]
impl Learner {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "keywords of Python")]
    #[pyo3(signature = (
        network: "Network",
        rule: "object" = None,
        *,
        routing: "object" = None,
        optimiser: "str" = "sgd",
        momentum: "float" = 0.9,
        beta2: "float" = 0.999,
        epsilon: "float" = 1e-8,
        normalised: "bool" = false,
        bias_rate: "float" = 1.0,
        convolution_rate: "float" = 1.0,
        seed: "int | None" = None,
    ))]
    fn new(
        network: Bound<'_, Network>,
        rule: Option<&Bound<'_, PyAny>>,
        routing: Option<&Bound<'_, PyAny>>,
        optimiser: &str,
        momentum: f32,
        beta2: f32,
        epsilon: f32,
        normalised: bool,
        bias_rate: f32,
        convolution_rate: f32,
        seed: Option<u64>,
    ) -> PyResult<Self> {
        guard(|| {
            let py = network.py();
            let arguments = PyDict::new(py);
            arguments.set_item("rule", rule)?;
            arguments.set_item("routing", routing)?;
            arguments.set_item("optimiser", optimiser)?;
            arguments.set_item("momentum", momentum)?;
            arguments.set_item("beta2", beta2)?;
            arguments.set_item("epsilon", epsilon)?;
            arguments.set_item("normalised", normalised)?;
            arguments.set_item("bias_rate", bias_rate)?;
            arguments.set_item("convolution_rate", convolution_rate)?;
            arguments.set_item("seed", seed)?;
            let rule = rule.map_or_else(|| Ok(RuleChoice::Name("ed".into())), RuleChoice::of)?;
            let routing = routing
                .map_or_else(|| Ok(RoutingChoice::Name("modulo".into())), RoutingChoice::of)?;
            let method = method(optimiser, momentum, beta2, epsilon)?;
            let own = network.get();
            let mut generator =
                seed.map_or_else(|| own.generator(), |seed| Generator::new(seed, 0));
            let copy = own.copy(py)?;
            let learner = py.detach(|| {
                let optimiser = Optimiser::new(method, normalised, &copy)
                    .with_bias_rate(bias_rate)
                    .with_convolution_rate(convolution_rate);
                let rule = rule::make(&rule, &routing)?;
                Ok::<_, PyErr>(pool::of(0).install(|| {
                    let mut learner = dalenet::Learner::new(copy, rule, optimiser, &mut generator);
                    learner.network = placeholder();
                    learner
                }))
            })?;
            let state = Lock::new(State { learner, samples: None, gradient: false });
            let (network, arguments) = (network.unbind(), arguments.unbind());
            let own = Self { network, state, rule, routing, normalised, arguments };
            own.check_raised()?;
            Ok(own)
        })
    }

    /// The network that learns.
    #[getter]
    fn network(&self, py: Python<'_>) -> Py<Network> {
        self.network.clone_ref(py)
    }

    /// Name of the learning rule.
    #[getter]
    fn rule(&self, py: Python<'_>) -> PyResult<String> {
        guard(|| self.compute(py, |state| Ok(state.learner.rule.name().to_owned())))
    }

    /// How many steps were made.
    #[getter]
    fn steps(&self, py: Python<'_>) -> PyResult<u64> {
        guard(|| self.compute(py, |state| Ok(state.learner.optimiser.steps())))
    }

    /// The prediction B×C for samples B×D (or B×H×W×C), which the next lesson is about.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     If the samples have another shape or are not finite.
    /// DivergedError
    ///     If the prediction is not finite.
    fn forward<'py>(&self, py: Python<'py>, x: ArrayLike<'py>) -> PyResult<Array<'py>> {
        guard(|| {
            let x = arrays::samples(&x, "x")?;
            let prediction = self.compute(py, |State { learner, samples, .. }| {
                network::fill(&learner.network, &mut learner.trace, x)?;
                let prediction = learner.forward().clone();
                *samples = Some(prediction.rows());
                Ok(prediction)
            })?;
            array(py, &network::finite(prediction)?)
        })
    }

    /// One step at ``rate`` along the error at the output, target − prediction, B×C, of the last
    /// ``forward``. All layers are taught from the weights of that forward pass.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     If the error has another shape or is not finite.
    ///
    /// What a rule of your own raises is raised here, and nothing is learnt.
    fn learn(&self, py: Python<'_>, error: ArrayLike<'_>, rate: f32) -> PyResult<()> {
        guard(|| {
            check_finite("rate", rate)?;
            let error = arrays::matrix(&error, "error")?;
            self.compute(py, |state| {
                self.teach_all(state, &error)?;
                state.learner.follow(rate);
                Ok(())
            })
        })
    }

    /// The gated teaching signal φ'⊙signal of every layer for an error B×C at the output of the last
    /// ``forward``: B×N each, of a convolution B×(P·N). Nothing is learnt.
    fn teach<'py>(&self, py: Python<'py>, error: ArrayLike<'py>) -> PyResult<Vec<Array<'py>>> {
        guard(|| {
            let error = arrays::matrix(&error, "error")?;
            let signals = self.compute(py, |state| {
                self.teach_all(state, &error)?;
                let (learner, layers) = (&state.learner, state.learner.network.layers());
                let signals = layers.iter().enumerate();
                Ok(signals
                    .map(|(l, layer)| layer.everywhere(learner.signal(l)))
                    .collect::<Vec<_>>())
            })?;
            signals.iter().map(|signal| array(py, signal)).collect()
        })
    }

    /// Finds every layer's gradient along an error B×C at the output of the last ``forward``, its mean
    /// over the batch, and returns its norm: for those who clip it before ``step``.
    fn gradient(&self, py: Python<'_>, error: ArrayLike<'_>) -> PyResult<f64> {
        guard(|| {
            let error = arrays::matrix(&error, "error")?;
            self.compute(py, |state| {
                self.check_error(state, &error)?;
                let squared = state.learner.gradient(&error);
                self.check_raised()?;
                state.gradient = true;
                Ok(squared.sqrt())
            })
        })
    }

    /// One step at ``rate`` along ``factor`` times the gradient that ``gradient`` has found.
    #[pyo3(signature = (rate, factor=1.0))]
    fn step(&self, py: Python<'_>, rate: f32, factor: f32) -> PyResult<()> {
        guard(|| {
            check_finite("rate", rate)?;
            check_finite("factor", factor)?;
            self.compute(py, |state| {
                if self.normalised {
                    return Err(error::value(
                        "a normalised step is not along a gradient: use learn, or normalised=False",
                    ));
                }
                if !std::mem::take(&mut state.gradient) {
                    return Err(PyRuntimeError::new_err("call gradient before step"));
                }
                state.learner.step(factor, rate);
                Ok(())
            })
        })
    }

    /// How every layer is taught for an error B×C at the output of the last ``forward``; nothing is
    /// learnt.
    ///
    /// Returns
    /// -------
    /// list of dict
    ///     For each layer ``signal`` (root mean square), ``attenuation`` (the output's signal over this
    ///     one), ``alignment`` (cosine between the rule's gradient and the true one),
    ///     ``sign_agreement``, ``dead`` and ``saturated`` (shares of the units), ``floor_share`` (by part).
    fn diagnose<'py>(
        &self,
        py: Python<'py>,
        error: ArrayLike<'py>,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        guard(|| {
            let error = arrays::matrix(&error, "error")?;
            let layers = self.compute(py, |state| {
                self.check_error(state, &error)?;
                let dalenet::Learner { network, rule, trace, .. } = &state.learner;
                let layers = diagnose(network, rule.as_ref(), trace, &error);
                self.check_raised()?;
                Ok(layers)
            })?;
            layers.iter().map(|layer| diagnosis::as_dict(py, layer)).collect()
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<dalenet.Learner by {}, {} steps>", self.rule(py)?, self.steps(py)?))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        guard(|| {
            let (py, own) = (slf.py(), slf.get());
            let bytes = own.compute(py, |State { learner, .. }| {
                let networks = [("", &learner.network, Some(&learner.optimiser))];
                Ok(checkpoint::write(&networks, &[], Default::default()))
            })?;
            let bytes = PyBytes::new(py, &bytes);
            let state = (own.network.clone_ref(py), own.arguments.clone_ref(py), bytes);
            (slf.get_type().getattr("_restore")?, state).into_pyobject(py)
        })
    }

    /// The learner that was pickled.
    #[staticmethod]
    fn _restore<'py>(
        py: Python<'py>,
        network: Bound<'py, Network>,
        arguments: &Bound<'py, PyDict>,
        bytes: &[u8],
    ) -> PyResult<Bound<'py, Self>> {
        guard(|| {
            let learner =
                py.get_type::<Self>().call((network,), Some(arguments))?.cast_into::<Self>()?;
            learner.get().compute(py, |State { learner, .. }| {
                let file = Checkpoint::parse(bytes).map_err(error::value)?;
                file.load_optimiser("", &mut learner.optimiser).map_err(error::value)
            })?;
            Ok(learner)
        })
    }
}

impl Learner {
    /// Computes with the learner and its network.
    fn compute<R: Send>(
        &self,
        py: Python<'_>,
        compute: impl FnOnce(&mut State) -> PyResult<R> + Send,
    ) -> PyResult<R> {
        let network = self.network.get();
        py.detach(|| {
            let (mut state, mut held) = (self.state.lock()?, network.held().lock()?);
            let (state, held) = (&mut *state, &mut *held);
            pool::of(0).install(|| compute(Whole::new(state, held).state))
        })
    }

    /// Fills the signals of all layers.
    fn teach_all(&self, state: &mut State, error: &Matrix) -> PyResult<()> {
        self.check_error(state, error)?;
        state.learner.teach(error);
        self.check_raised()
    }

    fn check_error(&self, state: &State, error: &Matrix) -> PyResult<()> {
        let samples = state.samples.ok_or_else(|| {
            PyRuntimeError::new_err("call forward first: a lesson is about its samples")
        })?;
        check_shape(error, "error", [samples, state.learner.network.outputs()])
    }

    /// # Errors
    /// What the user's own rule or routing raised.
    fn check_raised(&self) -> PyResult<()> {
        match self.rule.take_error().or_else(|| self.routing.take_error()) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

fn check_finite(name: &str, value: f32) -> PyResult<()> {
    match value.is_finite() {
        true => Ok(()),
        false => Err(error::value(format!("{name} must be finite, not {value}"))),
    }
}
