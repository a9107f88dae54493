# Written by scripts/python_stubs.py.
import collections.abc
import typing

import numpy
import numpy.typing
from typing import Any
from _typeshed import SupportsGetItem
from numpy import float32
from numpy.typing import ArrayLike, NDArray
from os import PathLike
from pathlib import Path
from typing import Any, Final, SupportsFloat, SupportsIndex, final

__version__: Final[str]
"""
Version of the package and of the program it was built with.
"""

@final
class Classifier:
    """
    A classifier.
    """
    def __reduce__(self, /) -> tuple[Any, ...]: ...
    @staticmethod
    def _restore(text: str, bytes: bytes, classes: SupportsGetItem[int, str], epochs: SupportsGetItem[int, tuple[SupportsFloat | SupportsIndex, SupportsFloat | SupportsIndex, SupportsFloat | SupportsIndex | None]], warnings: SupportsGetItem[int, str]) -> Classifier:
        """
        The classifier that was pickled. Its rule is drawn anew when it learns again.
        """
    @property
    def epochs(self, /) -> list[tuple[float, float, float | None]]:
        """
        Error, training and validation accuracy of every epoch of the fit.
        """
    @staticmethod
    def fit(x: ArrayLike, labels: SupportsGetItem[int, SupportsIndex], classes: SupportsGetItem[int, str], shape: tuple[SupportsIndex, SupportsIndex, SupportsIndex], rule: Any, routing: Any, preset: str, settings: dict[str, Any], threads: SupportsIndex, report: Any | None) -> Classifier:
        """
        Trains on samples X, N×D of the shape (height, width, channels), whose labels are numbers of
        classes. `report` is called after every epoch with its number, error and accuracy.
        """
    def partial_fit(self, /, x: ArrayLike, labels: SupportsGetItem[int, SupportsIndex], shape: tuple[SupportsIndex, SupportsIndex, SupportsIndex], rule: Any, routing: Any, threads: SupportsIndex) -> float:
        """
        Learns from one pass over samples, and returns the mean of Σ_c |target − prediction|.
        """
    def predict_proba(self, /, x: ArrayLike, threads: SupportsIndex) -> NDArray[float32]:
        """
        The probability of each class for samples X, N×C.
        """
    @staticmethod
    def untrained(x: ArrayLike, classes: SupportsGetItem[int, str], shape: tuple[SupportsIndex, SupportsIndex, SupportsIndex], rule: Any, routing: Any, preset: str, settings: dict[str, Any]) -> Classifier:
        """
        A classifier before its first lesson, whose preparation is fitted to samples X.
        """
    @property
    def warnings(self, /) -> list[str]:
        """
        What was noticed in the fit.
        """
    @property
    def weights(self, /) -> dict[str, NDArray[float32]]:
        """
        Magnitudes of the weights by part, and biases, as checkpoints name them.
        """

@final
class Environments:
    """
    N environments of one task. A step writes into the caller's arrays.
    """
    def __new__(cls, /, name: str, count: SupportsIndex, *, episode_length: SupportsIndex | None = None, action_repeat: SupportsIndex = 1, stagger: bool = False, restart: str = "fresh", observations: str = "dense", autoreset: str = "NextStep", threads: SupportsIndex = 0) -> Environments:
        """
        The environments of a name, at their first episodes of seed 0.
        """
    @property
    def achievements(self, /) -> list[str]:
        """
        Names of what can be unlocked in an episode.
        """
    def action_bounds(self, /) -> tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.float32]] | None:
        """
        Lowest and highest actions, A each; none where an action is a choice.
        """
    @property
    def backend(self, /) -> str:
        """
        What computes the task: `positional`, `mujoco` or `native`.
        """
    def choices(self, /) -> int | None:
        """
        Number of choices; none where an action is numbers.
        """
    def close(self, /) -> None:
        """
        Frees the environments; afterwards every method is an error.
        """
    def failed(self, /) -> numpy.typing.NDArray[numpy.bool_]:
        """
        Where the physics failed in the last step, N.
        """
    @property
    def failures(self, /) -> int:
        """
        Steps whose physics failed since the last reset.
        """
    def final_observations(self, /) -> numpy.typing.NDArray[numpy.float32] | None:
        """
        The last observations, M×O, of the M environments whose episodes the last step has ended, where
        that step started the next ones; none if it does not, or where observations are sparse.
        """
    @property
    def has_picture(self, /) -> bool:
        """
        Whether there is something to draw.
        """
    @property
    def is_sparse(self, /) -> bool:
        """
        Whether observations are given as lists of what is not 0 alone.
        """
    @property
    def name(self, /) -> str:
        """
        The task's name.
        """
    def observation_array(self, /) -> numpy.typing.NDArray[numpy.float32]:
        """
        An array for observations, N×O: one given before that nobody holds any more, or a new one.
        """
    def observation_bounds(self, /) -> tuple[numpy.typing.NDArray[numpy.float32], numpy.typing.NDArray[numpy.float32]]:
        """
        Lowest and highest observations, O each.
        """
    def observe(self, /, observations: numpy.typing.NDArray[numpy.float32]) -> None:
        """
        Writes the current observations, N×O.
        """
    def render(self, /, index: SupportsIndex, width: SupportsIndex, height: SupportsIndex) -> numpy.typing.NDArray[numpy.uint8]:
        """
        A picture of one environment, H×W×3. Games have a size of their own.
        """
    def reset(self, /, seed: int | list[int | None] | None = None, mask: numpy.typing.NDArray[numpy.bool_] | None = None) -> None:
        """
        Starts an episode in all environments or in those of the mask. A seed for all, a list of one
        each, or none: draw on.
        """
    def restore(self, /, state: numpy.typing.NDArray[numpy.uint32]) -> None:
        """
        Restores a saved state.
        """
    def save(self, /) -> numpy.typing.NDArray[numpy.uint32]:
        """
        The whole state, random streams and last observations included.
        """
    def sparse(self, /, led_to: bool = False) -> tuple[numpy.typing.NDArray[numpy.int64], numpy.typing.NDArray[numpy.int32], numpy.typing.NDArray[numpy.float32]]:
        """
        The nonzero entries of the current observations, or of those the last step led to: row offsets,
        columns and values (CSR).
        """
    def step(self, /, actions: typing.Any, observations: numpy.typing.NDArray[numpy.float32] | None, rewards: numpy.typing.NDArray[numpy.float32], terminated: numpy.typing.NDArray[numpy.bool_], truncated: numpy.typing.NDArray[numpy.bool_]) -> int:
        """
        One step; writes N×O observations (where they are dense), N rewards and N flags each. Returns
        1 if an episode is over, plus 2 if the physics failed somewhere.
        """
    @property
    def step_seconds(self, /) -> float | None:
        """
        Simulated seconds in a step, if the task has time in seconds.
        """
    def unlocked(self, /) -> numpy.typing.NDArray[numpy.bool_]:
        """
        What was unlocked in the episodes that the last step has ended, N×K.
        """

@final
class Experiment:
    """
    A whole configuration, checked.
    """
    def __new__(cls, /, registry: Registry, task: str, preset: str, settings: dict[str, Any]) -> Experiment:
        """
        The settings of a preset for a task under the registry's rule, with `settings` over them.
        """
    def json(self, /) -> str:
        """
        All settings as JSON.
        """
    @property
    def kind(self, /) -> str:
        """
        `classification` or `agent`.
        """
    @staticmethod
    def of_run(folder: str | PathLike[str], settings: dict[str, Any]) -> Experiment:
        """
        The configuration of the run in `folder`, with `settings` over it.
        """

@final
class Feedback:
    """
    Where the feedback of a hidden layer comes from.

    A rule returns one of these, or the signal itself as an array. One that is made in ``prepare`` and
    returned at every lesson costs no copy of its weights.
    """
    def __reduce__(self, /) -> tuple[Any, tuple[Any, ...]]: ...
    def __repr__(self, /) -> str: ...
    @classmethod
    def direct(cls, /, weights: ArrayLike) -> Feedback:
        """
        From the error at the output, through weights C×N: ``signal = error @ weights``.

        In a convolution the one value a channel goes to all its places.
        """
    @classmethod
    def signs(cls, /) -> Feedback:
        """
        From the gated signal of the layer above, through the signs of its weights over √N:
        ``signal = above @ numpy.sign(weights).T / numpy.sqrt(N)``.
        """
    @classmethod
    def through(cls, /, weights: ArrayLike) -> Feedback:
        """
        From the gated signal of the layer above, through weights K×N of the shape of that layer's:
        ``signal = above @ weights.T``.
        """
    @classmethod
    def weights(cls, /) -> Feedback:
        """
        From the gated signal of the layer above, through its own weights: backpropagation.
        """

@final
class Learner:
    """
    Learns from errors at the output, whatever task they come from.

    Parameters
    ----------
    network : Network
        The network that learns; it is shared, not copied.
    rule : str or rule
        A rule by name (``dalenet.rules()``), or one of your own, made by ``@dalenet.rule``.
    routing : str, array or routing
        Which outputs' errors reach which hidden units under Error Diffusion: by name, a matrix H×C, or
        one made by ``@dalenet.routing``.
    optimiser : {"sgd", "momentum", "adam"}
        How a gradient becomes a step.
    momentum : float
        Momentum μ, and Adam's β₁.
    beta2, epsilon : float
        Adam's β₂ and ε.
    normalised : bool
        Whether a layer's step is the batch's sum divided by the layer's presynaptic power ⟨|x|²⟩ instead
        of by the batch: one rate for layers of any fan-in.
    bias_rate, convolution_rate : float
        Factors of the rate for biases and in convolutions.
    seed : int, optional
        Seed of what the rule draws, such as fixed feedback. By default the numbers that follow those of
        the network's initial weights, as in the program.

    Examples
    --------
    XOR under Dale's principle by Error Diffusion:

    >>> import dalenet, numpy as np
    >>> learner = dalenet.Learner(dalenet.Network(2, [32], 1, seed=1), rule="ed")
    >>> x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> target = np.array([[0], [1], [1], [0]])
    >>> for _ in range(1000):
    ...     learner.learn(target - learner.forward(x), rate=20.0)
    >>> bool(np.all(np.abs(learner.forward(x) - target) < 0.2))
    True
    """
    def __new__(cls, /, network: Network, rule: object = None, *, routing: object = None, optimiser: str = "sgd", momentum: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8, normalised: bool = False, bias_rate: float = 1.0, convolution_rate: float = 1.0, seed: int | None = None) -> Learner: ...
    def __reduce__(self, /) -> tuple[Any, ...]: ...
    def __repr__(self, /) -> str: ...
    @staticmethod
    def _restore(network: Network, arguments: dict[str, Any], bytes: bytes) -> Learner:
        """
        The learner that was pickled.
        """
    def diagnose(self, /, error: ArrayLike) -> list[dict[str, Any]]:
        """
        How every layer is taught for an error B×C at the output of the last ``forward``; nothing is
        learnt.

        Returns
        -------
        list of dict
            For each layer ``signal`` (root mean square), ``attenuation`` (the output's signal over this
            one), ``alignment`` (cosine between the rule's gradient and the true one),
            ``sign_agreement``, ``dead`` and ``saturated`` (shares of the units), ``floor_share`` (by part).
        """
    def forward(self, /, x: ArrayLike) -> NDArray[float32]:
        """
        The prediction B×C for samples B×D (or B×H×W×C), which the next lesson is about.

        Raises
        ------
        ValueError
            If the samples have another shape or are not finite.
        DivergedError
            If the prediction is not finite.
        """
    def gradient(self, /, error: ArrayLike) -> float:
        """
        Finds every layer's gradient along an error B×C at the output of the last ``forward``, its mean
        over the batch, and returns its norm: for those who clip it before ``step``.
        """
    def learn(self, /, error: ArrayLike, rate: SupportsFloat | SupportsIndex) -> None:
        """
        One step at ``rate`` along the error at the output, target − prediction, B×C, of the last
        ``forward``. All layers are taught from the weights of that forward pass.

        Raises
        ------
        ValueError
            If the error has another shape or is not finite.

        What a rule of your own raises is raised here, and nothing is learnt.
        """
    @property
    def network(self, /) -> Network:
        """
        The network that learns.
        """
    @property
    def rule(self, /) -> str:
        """
        Name of the learning rule.
        """
    def step(self, /, rate: SupportsFloat | SupportsIndex, factor: SupportsFloat | SupportsIndex = 1.0) -> None:
        """
        One step at ``rate`` along ``factor`` times the gradient that ``gradient`` has found.
        """
    @property
    def steps(self, /) -> int:
        """
        How many steps were made.
        """
    def teach(self, /, error: ArrayLike) -> list[NDArray[float32]]:
        """
        The gated teaching signal φ'⊙signal of every layer for an error B×C at the output of the last
        ``forward``: B×N each, of a convolution B×(P·N). Nothing is learnt.
        """

@final
class Lesson:
    """
    What a rule may use to teach a hidden layer: the error at the output, the network and its activity.

    A lesson is passed to ``feedback(lesson, layer)`` and is over when that returns; its arrays are
    copies and may be kept. Layers are those with weights, counted from 0; B samples, C outputs, N units
    of a layer in both streams, the excitatory ones first.
    """
    def __repr__(self, /) -> str: ...
    @property
    def above(self, /) -> NDArray[float32]:
        """
        The gated signal of the layer above, φ'⊙signal, B×N of that layer (of a convolution B×(P·N)).
        """
    def activity(self, /, layer: SupportsIndex) -> NDArray[float32]:
        """
        The activity of a layer's units, φ(z), B×N, of a convolution B×(P·N).
        """
    @property
    def error(self, /) -> NDArray[float32]:
        """
        The error at the output, target − prediction, B×C.
        """
    def excitatory_units(self, /, layer: SupportsIndex) -> int:
        """
        How many of a layer's units are excitatory; they come first. In a single-stream network all.
        """
    def input(self, /, layer: SupportsIndex) -> NDArray[float32]:
        """
        What a layer received, B×K. The first layer of a dual-stream network receives the input once,
        for both streams: B×K/2.
        """
    @property
    def layers(self, /) -> int:
        """
        How many layers with weights the network has; the last of them is the output layer.
        """
    @property
    def outputs(self, /) -> int:
        """
        How many outputs the network has, C.
        """
    @property
    def prediction(self, /) -> NDArray[float32]:
        """
        The prediction of the network, B×C.
        """
    @property
    def samples(self, /) -> int:
        """
        How many samples the batch has, B.
        """
    def shape(self, /, layer: SupportsIndex) -> tuple[int, int, int]:
        """
        What a layer hands on: (height, width, N); (1, 1, N) if it is fully connected.
        """
    def units(self, /, layer: SupportsIndex) -> int:
        """
        How many units a layer has in both streams, N; a convolution has so many at every place.
        """
    def weights(self, /, layer: SupportsIndex) -> NDArray[float32]:
        """
        The signed weights of a layer, K×N, as they were in the forward pass.
        """

@final
class Network:
    """
    A network under Dale's principle, or a usual one.

    A hidden layer has an excitatory and an inhibitory stream of so many units each, and weights keep
    their signs: ``W = [[+W_pp, -W_pn], [-W_np, +W_nn]]`` (rows: source). The input feeds both streams;
    the output has only the excitatory one. Settings have the names and defaults of the program
    (``dalenet config --preset paper``).

    Parameters
    ----------
    inputs : int or tuple of int
        Length of the input D, or the shape (height, width, channels) of an image, D = H·W·C.
    layers : sequence of int or dict
        The hidden layers: a number is a fully connected layer of so many units a stream, a dict with
        the key ``kind`` any other, such as ``{"kind": "convolution", "units": 8, "size": 3}``.
    outputs : int
        Output units C.
    convolutions : sequence of dict
        The first layers, if they are convolutions: ``{"units": 8, "size": 5, "pooling": "max"}``.
    dual : bool
        Whether there are two streams.
    dale : bool or "literal"
        Whether weights keep their sign; needs two streams.
    floor : float
        Smallest magnitude of a weight under Dale's principle.
    grow_only : bool
        Whether magnitudes may only grow (Kaneko 1999).
    proportional : bool
        Whether steps change magnitudes in proportion to them (exponentiated gradient).
    response : {"sigmoid", "relu", "tanh"}
        Response of the hidden units.
    widths : sequence of float
        Width α of the sigmoid 1/(1 + exp(−2z/α)) of each layer; the last serves the rest.
    rms : bool
        Whether the activity of fully connected layers is divided by its root mean square.
    excitatory_gain, inhibitory_gain : float
        Factors of the initial weights within and between the streams of hidden layers.
    fan_in : bool
        Whether initial weights are divided by the root of the fan-in.
    threshold : float
        Activity β of Kaneko's threshold units.
    precision : {"f32", "bf16"}
        Precision of products: ``bf16`` rounds their operands to 8 significant bits.
    output : {"sigmoid", "softmax", "tanh", "identity"}
        Response of the output layer.
    output_gain : float
        Factor of the initial weights of the output layer.
    orthogonal : bool
        Whether single-stream weights start orthogonal (Saxe et al. 2014).
    seed : int
        Seed of the initial weights.

    Raises
    ------
    ValueError
        If the layers do not fit together or a setting is not possible.

    Examples
    --------
    >>> import dalenet, numpy as np
    >>> network = dalenet.Network(4, [6], 3, seed=0)
    >>> network.forward(np.ones((2, 4))).shape
    (2, 3)
    >>> network.weights["layer1.W_pp"].shape, network.units
    ((4, 6), [12, 3])
    """
    def __new__(cls, /, inputs: int | tuple[int, int, int], layers: collections.abc.Sequence[int | dict[str, object]], outputs: int, *, output: str = "sigmoid", output_gain: float = 1.0, orthogonal: bool = False, seed: int = 0, **settings: object) -> Network: ...
    def __reduce__(self, /) -> tuple[Any, ...]: ...
    def __repr__(self, /) -> str: ...
    @staticmethod
    def _restore(text: str, bytes: bytes) -> Network:
        """
        The network that was pickled.
        """
    def activities(self, /, x: ArrayLike) -> list[NDArray[float32]]:
        """
        The activity of every layer's units for samples B×D: for each layer B×N, of a convolution
        B×(P·N).
        """
    def balance_biases(self, /, x: ArrayLike) -> None:
        """
        Moves the biases so that each unit's mean input over the samples B×D is zero.
        """
    @property
    def excitatory_units(self, /) -> list[int]:
        """
        How many of them are excitatory; they come first. In a single-stream network all.
        """
    def forward(self, /, x: ArrayLike) -> NDArray[float32]:
        """
        The prediction B×C for samples B×D (or B×H×W×C).

        Raises
        ------
        ValueError
            If the samples have another shape or are not finite.
        """
    @property
    def parameters(self, /) -> int:
        """
        How many weights and biases it has.
        """
    def set_weights(self, /, weights: collections.abc.Mapping[str, numpy.typing.ArrayLike]) -> None:
        """
        Sets weights and biases by their names in ``weights``; the others stay as they are.

        Raises
        ------
        KeyError
            If there is no such part.
        ValueError
            If an array has another shape, is not finite or, under Dale's principle, is below the floor.
            Nothing is set then.
        """
    @property
    def shapes(self, /) -> list[tuple[int, int, int]]:
        """
        What each layer hands on: (height, width, N); (1, 1, N) if it is fully connected.
        """
    def signed_weights(self, /, layer: SupportsIndex) -> NDArray[float32]:
        """
        The signed weights of a layer, K×N, rows: source. Layers are counted from 0.
        """
    @property
    def units(self, /) -> list[int]:
        """
        How many units each layer with weights has, N of both streams.
        """
    @property
    def weights(self, /) -> dict[str, NDArray[float32]]:
        """
        Magnitudes of the weights by part, and biases, as checkpoints name them: ``layer1.W_pp`` K×N
        (rows: source), …, ``layer1.bias`` N. Copies.
        """

@final
class Registry:
    """
    Rules, routings and tasks by name.
    """
    def __new__(cls, /, arrays: bytes | None = None, rule: Any | None = None, routing: Any | None = None) -> Registry:
        """
        The built-in names, a rule and a routing of one's own, and the task `arrays` where `arrays` are
        the bytes of an `.npz` file.
        """
    @staticmethod
    def presets() -> list[tuple[str, str]]:
        """
        Names and summaries of the presets.
        """
    @property
    def routing(self, /) -> str | None:
        """
        The name of the routing that was given.
        """
    @property
    def rule(self, /) -> str | None:
        """
        The name of the rule that was given.
        """
    def rules(self, /) -> list[tuple[str, str]]:
        """
        Names and summaries of the learning rules.
        """
    def tasks(self, /) -> list[tuple[str, str]]:
        """
        Names and summaries of the data sets and environments.
        """

@final
class Run:
    """
    A run's folder, and what it has learnt as soon as that is asked for.
    """
    def __new__(cls, /, registry: Registry, folder: str | PathLike[str], data_dir: str | PathLike[str] | None, precision: str | None) -> Run:
        """
        The run in `folder`.
        """
    def act(self, /, observations: numpy.typing.NDArray[numpy.float32]) -> numpy.typing.NDArray[typing.Any]:
        """
        Actions N×A or choices N of an agent for observations N×O.
        """
    def evaluate(self, /, data: str | None, arrays: bytes | None) -> str:
        """
        The evaluation on the test set of `data`, or of the run's own data, or on that in the bytes of an
        `.npz` file, as JSON.
        """
    def evaluate_agent(self, /, episodes: SupportsIndex, deterministic: bool | None) -> str:
        """
        The evaluation of an agent in so many episodes, by its most probable actions, sampled ones or those of
        the run's evaluation, as JSON.
        """
    def play(self, /, seed: SupportsIndex | None, out: str | PathLike[str]) -> None:
        """
        Writes a page to `out`: an episode from the start that `seed` gives, or what a classifier gets wrong.
        """
    def predict(self, /, samples: numpy.typing.NDArray[typing.Any], shape: tuple[SupportsIndex, SupportsIndex, SupportsIndex]) -> tuple[numpy.typing.NDArray[numpy.uint16], numpy.typing.NDArray[numpy.float32]]:
        """
        The labels of samples N×D, which are of `shape` each, and the probabilities of the classes.
        """
    def samples(self, /) -> tuple[list[str], tuple[int, int, int]]:
        """
        The names of a classifier's classes, and height, width and channels of its samples.
        """
    def tensors(self, /) -> dict[str, numpy.typing.NDArray[typing.Any]]:
        """
        All tensors of the checkpoint by their names.
        """

def _panic(on_worker: bool) -> None:
    """
    Panics, on this thread or on one that works, so that tests see what becomes of it.
    """

def collect_study(folder: str | PathLike[str]) -> str:
    """
    Writes what the finished runs of a study say, and returns it as JSON.
    """

def environment_name(name: str) -> str:
    """
    The name of the environment that is called so or nearly so.
    """

def environments() -> list[tuple[str, list[str], str]]:
    """
    Name, other names and summary of every environment.
    """

def plan_comparison(folder: str | PathLike[str], tasks: SupportsGetItem[int, str], rules: SupportsGetItem[int, str], seeds: SupportsIndex, preset: str, settings: dict[str, Any], data_dir: str | PathLike[str] | None) -> None:
    """
    Plans a comparison of rules on tasks in `folder`.
    """

def plan_sweep(folder: str | PathLike[str], file: str | PathLike[str], fixed: dict[str, Any], data_dir: str | PathLike[str] | None) -> None:
    """
    Plans the sweep of a file in `folder`, with `fixed` values in the place of those of the file.
    """

def resume(registry: Registry, experiment: Experiment, folder: str | PathLike[str], data_dir: str | PathLike[str] | None, threads: SupportsIndex, on_metrics: collections.abc.Callable[[str], object] | None) -> Path:
    """
    Trains the run in `folder` to its end and returns the folder.
    """

def schedule(name: str, done: SupportsFloat | SupportsIndex) -> float:
    """
    The factor of the rate when the share ``done`` in [0, 1] of a training is behind: 1 throughout under
    ``"constant"``, from 1 to 0 by ½·(1 + cos(π·done)) under ``"cosine"``.

    >>> import dalenet
    >>> dalenet.schedule("cosine", 1.0)
    0.0
    """

def study_runs(folder: str | PathLike[str]) -> str:
    """
    The runs of a study as JSON, each with its name and how far it is.
    """

def sweep_values(file: str | PathLike[str]) -> str:
    """
    The values of a sweep's file as JSON: tasks, rules and settings by their keys.
    """

def train(registry: Registry, experiment: Experiment, out: str | PathLike[str] | None, start_from: str | PathLike[str] | None, data_dir: str | PathLike[str] | None, threads: SupportsIndex, on_metrics: collections.abc.Callable[[str], object] | None) -> Path:
    """
    Trains a new run and returns its folder. `on_metrics` is called with each line of `metrics.jsonl`.
    """

def work_on_study(folder: str | PathLike[str], run: str | None, data_dir: str | PathLike[str] | None, threads: SupportsIndex) -> None:
    """
    Trains the free runs of a study, or only the one of a name, until none is left.
    """

class InternalError(RuntimeError): ...

class DivergedError(ArithmeticError): ...
