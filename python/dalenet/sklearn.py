"""Dale networks as an estimator of scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from dalenet import _core

__all__ = ["DaleClassifier"]

Settings = dict[str, Any]


class DaleClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A network under Dale's principle that learns to classify without backpropagation.

    Parameters that are None have the value of `preset` for the rule, as in the program
    (``dalenet config``); their names are the program's, and `settings` takes those that are not listed.

    Parameters
    ----------
    hidden : sequence of int or dict, default=(256,)
        The hidden layers: a number is a fully connected layer of so many units a stream, a dict with the
        key ``kind`` any other. The program's ``layers``.
    rule : str or rule, default="ed"
        Learning rule: a name (``dalenet.rules()``), or one of your own, made by ``@dalenet.rule``.
    epochs : int, default=50
        Passes over the samples.
    batch : int, default=32
        Samples of a step.
    rate : float, optional
        Learning rate η; κ where steps are normalised by presynaptic power.
    preset : {"default", "paper"}, default="default"
        What other settings are.
    input : {"standard", "raw", "on-off", "contrast", "whitened"}, default="standard"
        Preparation of the input: ``standard`` has mean 0 and deviation 1 in each feature, of an image in
        each channel.
    convolutions : sequence of dict, default=()
        The first layers, if they are convolutions, for images: ``{"units": 8, "size": 5, "pooling":
        "max"}``.
    routing : str, array or routing, default="modulo"
        Which outputs' errors reach which hidden units under Error Diffusion.
    dale : bool or "literal", optional
        Whether weights keep their sign.
    dual : bool, optional
        Whether there are an excitatory and an inhibitory stream.
    response : {"sigmoid", "relu", "tanh"}, optional
        Response of the hidden units.
    loss : {"squared", "cross-entropy"}, optional
        Sigmoid outputs, or a softmax.
    optimiser : {"sgd", "momentum", "adam"}, optional
        How a gradient becomes a step.
    schedule : {"constant", "cosine"}, optional
        Schedule of the rate; `partial_fit` has a constant one.
    class_weight : dict or "balanced", optional
        How much a sample's error counts, by its class, relative to the others.
    centred : bool, optional
        Whether each class's error is centred over the batch; by default not under a `class_weight` of
        your own, since a centred error does not say which class is to be given more often.
    shift : int, default=0
        Images are moved by up to so many pixels each way, at random.
    flip : bool, default=False
        Whether images are mirrored at random.
    validation : float, default=0.0
        Share of the samples held out for `validation_scores_` and `patience`.
    patience : int, default=0
        Early stopping after so many epochs without a higher validation accuracy, with the weights of the
        best epoch; 0: never.
    settings : dict, optional
        More settings by the program's names.
    n_jobs : int, optional
        Threads. None is 1 unless in a ``joblib.parallel_config``, -1 all. The fit does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of weights, feedback and the order of samples.
    verbose : bool, default=False
        Whether every epoch is printed.

    Attributes
    ----------
    classes_ : ndarray of shape (C,)
        The classes.
    n_features_in_ : int
        Features of a sample; of images their height.
    shape_ : tuple of int
        Height, width and channels of a sample; (1, 1, D) of a vector.
    loss_curve_ : list of float
        Mean of Σ_c |target − prediction| over the samples, epoch by epoch.
    scores_ : list of float
        Accuracy on the samples of each epoch, before each step.
    validation_scores_ : list of float
        Accuracy on the samples held out, after each epoch; empty if there are none.
    n_iter_ : int
        Epochs made.
    weights_ : dict of ndarray
        Magnitudes of the weights by part, and biases, as checkpoints name them: ``layer1.W_pp``, ….

    Examples
    --------
    >>> from dalenet.sklearn import DaleClassifier
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> DaleClassifier(hidden=[64], random_state=0).fit(X, y).score(X, y) > 0.9
    True
    """

    classes_: NDArray[Any]
    n_features_in_: int
    shape_: tuple[int, int, int]
    loss_curve_: list[float]
    scores_: list[float]
    validation_scores_: list[float]
    n_iter_: int
    _classifier: _core.Classifier

    def __init__(
        self,
        hidden: Sequence[int | Settings] = (256,),
        *,
        rule: str | Callable[..., Any] | object = "ed",
        epochs: int = 50,
        batch: int = 32,
        rate: float | None = None,
        preset: str = "default",
        input: str = "standard",
        convolutions: Sequence[Settings] = (),
        routing: str | ArrayLike | Callable[..., Any] = "modulo",
        dale: bool | str | None = None,
        dual: bool | None = None,
        response: str | None = None,
        loss: str | None = None,
        optimiser: str | None = None,
        schedule: str | None = None,
        class_weight: dict[Any, float] | str | None = None,
        centred: bool | None = None,
        shift: int = 0,
        flip: bool = False,
        validation: float = 0.0,
        patience: int = 0,
        settings: Settings | None = None,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: bool = False,
    ) -> None:
        self.hidden = hidden
        self.rule = rule
        self.epochs = epochs
        self.batch = batch
        self.rate = rate
        self.preset = preset
        self.input = input
        self.convolutions = convolutions
        self.routing = routing
        self.dale = dale
        self.dual = dual
        self.response = response
        self.loss = loss
        self.optimiser = optimiser
        self.schedule = schedule
        self.class_weight = class_weight
        self.centred = centred
        self.shift = shift
        self.flip = flip
        self.validation = validation
        self.patience = patience
        self.settings = settings
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: ArrayLike, y: ArrayLike) -> DaleClassifier:
        """Learns from samples.

        Parameters
        ----------
        X : array_like of shape (N, D), (N, H, W) or (N, H, W, channels)
            Samples; images with height and width of their own.
        y : array_like of shape (N,)
            The class of each: numbers or names.

        Returns
        -------
        DaleClassifier
            This estimator.

        Raises
        ------
        ValueError
            If a sample is not finite, lengths differ, there is one class only or a setting is not
            possible.
        DivergedError
            If the error is no longer a number: train with a smaller rate.
        """
        if hasattr(self, "_classifier"):
            del self._classifier  # what fails leaves an estimator that is not fitted
        samples, labels = self._samples(X, y, reset=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"there is one class only, {self.classes_[0]!r}: give samples of at least two classes"
            )
        self._classifier = _core.Classifier.fit(
            samples,
            labels,
            self._names(),
            self.shape_,
            *self._taught(labels),
            self._threads(),
            print_epoch if self.verbose else None,
        )
        self.loss_curve_ = [error for error, _, _ in self._classifier.epochs]
        self.scores_ = [score for _, score, _ in self._classifier.epochs]
        held_out = [score for _, _, score in self._classifier.epochs]
        self.validation_scores_ = [score for score in held_out if score is not None]
        self.n_iter_ = len(self.loss_curve_)
        return self

    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None
    ) -> DaleClassifier:
        """Learns from one pass over samples, at a constant rate, from where it is.

        Settings are those of the first lesson; a batch should have samples of all classes.

        Parameters
        ----------
        X, y : array_like
            As in `fit`.
        classes : array_like of shape (C,), optional
            All classes that there are; needed at the first call. The preparation of the input is that of
            the first samples.

        Returns
        -------
        DaleClassifier
            This estimator.
        """
        first = not hasattr(self, "_classifier")
        if first and classes is None:
            raise ValueError("classes must be given at the first call of partial_fit")
        if classes is not None:
            known = np.unique(np.asarray(classes))
            if not first and not np.array_equal(known, self.classes_):
                raise ValueError(f"classes {known} are not those of the first call, {self.classes_}")
        samples, labels = self._samples(X, y, first, known if first else self.classes_)
        rule, routing, preset, settings = self._taught(labels)
        if first:
            self._classifier = _core.Classifier.untrained(
                samples, self._names(), self.shape_, rule, routing, preset, settings
            )
            self.loss_curve_, self.scores_, self.validation_scores_ = [], [], []
            self.n_iter_ = 0
        error = self._classifier.partial_fit(
            samples, labels, self.shape_, rule, routing, self._threads()
        )
        self.loss_curve_.append(error)
        self.n_iter_ += 1
        return self

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float32]:
        """The probability of each class, N×C, in the order of `classes_`.

        Softmax outputs are taken as they are; of sigmoid outputs, each an estimate of its own, the share
        of their sum.
        """
        check_is_fitted(self, "_classifier")
        samples = validate_data(self, X, dtype=np.float32, allow_nd=True, reset=False)
        self._check_shape(samples)
        return self._classifier.predict_proba(flat(samples), self._threads())

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The class of each sample, N."""
        probabilities = self.predict_proba(X)
        labels: NDArray[Any] = self.classes_[probabilities.argmax(axis=1)]
        return labels

    @property
    def weights_(self) -> dict[str, NDArray[np.float32]]:
        """Magnitudes of the weights by part, and biases, as checkpoints name them."""
        check_is_fitted(self, "_classifier")
        return self._classifier.weights

    def _samples(
        self, X: ArrayLike, y: ArrayLike, reset: bool, classes: NDArray[Any] | None = None
    ) -> tuple[NDArray[np.float32], list[int]]:
        """The samples as rows, and the index of the class of each; sets `classes_` and `shape_`."""
        samples, y = validate_data(self, X, y, dtype=np.float32, allow_nd=True, reset=reset)
        check_classification_targets(y)
        if reset:
            self.classes_ = np.unique(y) if classes is None else classes
            self.shape_ = image_shape(samples)
        self._check_shape(samples)
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"y has classes {unknown} that are not among classes {self.classes_}")
        return flat(samples), np.searchsorted(self.classes_, y).tolist()

    def _check_shape(self, samples: NDArray[np.float32]) -> None:
        if image_shape(samples) != self.shape_:
            raise ValueError(
                f"X has samples of shape {samples.shape[1:]}, but DaleClassifier is expecting "
                f"height, width and channels {self.shape_}"
            )

    def _names(self) -> list[str]:
        return [str(name) for name in self.classes_]

    def _taught(self, labels: list[int]) -> tuple[Any, Any, str, Settings]:
        """Rule, routing, preset and settings, as the core takes them."""
        seed = self.random_state
        if not isinstance(seed, (int, np.integer)):
            seed = check_random_state(seed).randint(2**31)
        own_weights = isinstance(self.class_weight, dict)
        given = {
            "rate": self.rate,
            "dale": self.dale,
            "dual": self.dual,
            "response": self.response,
            "loss": self.loss,
            "optimiser": self.optimiser,
            "schedule": self.schedule,
            "centred": False if self.centred is None and own_weights else self.centred,
        }
        settings: Settings = {
            "layers": list(self.hidden),
            "convolutions": list(self.convolutions),
            "epochs": self.epochs,
            "batch": self.batch,
            "input": self.input,
            "shift": self.shift,
            "flip": self.flip,
            "validation": self.validation,
            "patience": self.patience,
            "class_weights": self._class_weights(labels),
            "seed": int(seed),
            **{name: value for name, value in given.items() if value is not None},
            **(self.settings or {}),
        }
        return self.rule, self.routing, self.preset, settings

    def _class_weights(self, labels: list[int]) -> str | list[float]:
        """The setting: weights of one's own have the mean 1 over the samples."""
        if not isinstance(self.class_weight, dict):
            return self.class_weight or "none"
        weights = compute_class_weight(
            self.class_weight, classes=self.classes_, y=self.classes_[labels]
        )
        return [float(weight) for weight in weights / weights[labels].mean()]

    def _threads(self) -> int:
        """How many threads compute."""
        return int(effective_n_jobs(self.n_jobs))


def image_shape(X: NDArray[Any]) -> tuple[int, int, int]:
    """Height, width and channels of a sample: of a vector (1, 1, D), of a grey image (H, W, 1)."""
    match X.shape[1:]:
        case (features,):
            return 1, 1, features
        case (height, width):
            return height, width, 1
        case (height, width, channels):
            return height, width, channels
        case other:
            raise ValueError(f"samples must be vectors or images H×W or H×W×channels, not {other}")


def flat(X: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples as rows."""
    return X.reshape(len(X), -1)


def print_epoch(epoch: int, error: float, score: float) -> None:
    print(f"epoch {epoch}: error {error:.4f}, {100 * score:.2f} % right")
