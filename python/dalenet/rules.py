"""Rules and routings of your own.

A learning rule says where the feedback of each hidden layer comes from; forward pass, weight update and
Dale's principle are the same for all rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dalenet._core import Feedback, Lesson

__all__ = ["FunctionRule", "FunctionRouting", "MatrixRouting", "Rule", "Routing", "routing", "rule"]

FeedbackFunction = Callable[[Lesson, int], "Feedback | ArrayLike"]
WeightFunction = Callable[[int, int, int, int], float]


class Rule(Protocol):
    """What a rule has. A class may have ``prepare(network, rng)`` too."""

    def feedback(self, lesson: Lesson, layer: int, /) -> Feedback | ArrayLike:
        """Where the feedback of hidden layer `layer` comes from, or the signal itself."""


class Routing(Protocol):
    """What a routing has."""

    name: str

    def weight(self, unit: int, units: int, output: int, outputs: int, /) -> float:
        """The weight with which `unit` of `units` receives the error of `output` of `outputs`."""


class FunctionRule:
    """A rule that is a function; see `rule`."""

    def __init__(self, function: FeedbackFunction, name: str) -> None:
        self.function = function
        self.name = name
        self.__doc__ = function.__doc__

    def feedback(self, lesson: Lesson, layer: int, /) -> Feedback | ArrayLike:
        return self.function(lesson, layer)

    __call__ = feedback

    def __repr__(self) -> str:
        return f"<dalenet.rule {self.name}>"


class FunctionRouting:
    """A routing that is a function; see `routing`."""

    def __init__(self, function: WeightFunction, name: str) -> None:
        self.function = function
        self.name = name
        self.__doc__ = function.__doc__

    def weight(self, unit: int, units: int, output: int, outputs: int, /) -> float:
        return self.function(unit, units, output, outputs)

    __call__ = weight

    def __repr__(self) -> str:
        return f"<dalenet.routing {self.name}>"


class MatrixRouting:
    """A routing that is a matrix H×C; see `routing`."""

    def __init__(self, matrix: ArrayLike, name: str) -> None:
        self.matrix: NDArray[np.float32] = np.asarray(matrix, dtype=np.float32)
        self.name = name

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.matrix, dtype=dtype)

    def __repr__(self) -> str:
        return f"<dalenet.routing {self.name} {self.matrix.shape}>"


C = TypeVar("C", bound=type[Rule])


@overload
def rule(definition: C, /, *, name: str | None = None) -> C: ...
@overload
def rule(definition: FeedbackFunction, /, *, name: str | None = None) -> FunctionRule: ...
def rule(definition: Any, /, *, name: str | None = None) -> Any:
    """Makes a learning rule of a function or a class.

    Parameters
    ----------
    definition : callable or class
        A function ``(lesson, layer)``, or a class with a method ``feedback(self, lesson, layer)`` and, if
        it needs, ``prepare(self, network, rng)``, which is called once before the first lesson with a
        copy of the network and a NumPy generator. It is asked once for every hidden layer of a batch,
        last to first, and returns

        - the signal as an array: for each unit the direction in which its activity should move, B×N,
          the excitatory units first (in a convolution one value a channel, or B×(P·N));
        - or a `dalenet.Feedback`.
    name : str, optional
        The name by which runs and tables call it; by default that of the function or the class.

    Returns
    -------
    FunctionRule or class
        For ``rule=`` of `dalenet.Learner`, `dalenet.train` and `dalenet.sklearn.DaleClassifier`; of a
        class also an instance may be given.

    Examples
    --------
    Every hidden unit receives the sum of the errors:

    >>> import dalenet, numpy as np
    >>> @dalenet.rule
    ... def broadcast(lesson, layer):
    ...     return np.tile(lesson.error.sum(1, keepdims=True), lesson.units(layer))
    >>> dalenet.Learner(dalenet.Network(2, [8], 1), rule=broadcast).rule
    'broadcast'

    Direct Feedback Alignment (Nøkland 2016), with its fixed random weights:

    >>> @dalenet.rule
    ... class MyDFA:
    ...     def prepare(self, network, rng):
    ...         *hidden, outputs = network.units
    ...         scale = 1 / np.sqrt(outputs)
    ...         self.feedbacks = [
    ...             dalenet.Feedback.direct(scale * rng.normal(size=(outputs, units))) for units in hidden
    ...         ]
    ...     def feedback(self, lesson, layer):
    ...         return self.feedbacks[layer]
    >>> dalenet.Learner(dalenet.Network(2, [8], 1), rule=MyDFA).rule
    'MyDFA'
    """
    if isinstance(definition, type):
        if not callable(getattr(definition, "feedback", None)):
            raise TypeError(f"{definition.__name__} needs a method feedback(self, lesson, layer)")
        if name is not None or not hasattr(definition, "name"):
            definition.name = name or definition.__name__  # type: ignore[attr-defined]
        return definition
    if not callable(definition):
        raise TypeError(f"a rule is made of a function or a class, not of {definition!r}")
    return FunctionRule(definition, name or name_of(definition))


@overload
def routing(definition: WeightFunction, /, *, name: str | None = None) -> FunctionRouting: ...
@overload
def routing(definition: ArrayLike, /, *, name: str | None = None) -> MatrixRouting: ...
def routing(definition: Any, /, *, name: str | None = None) -> Any:
    """Makes a routing of Error Diffusion of a function or a matrix.

    Parameters
    ----------
    definition : callable or array_like
        A function ``(unit, units, output, outputs)`` that returns the weight with which a unit of a
        stream receives the error of an output, or the matrix H×C of these weights, for hidden layers of
        H units a stream. Weights are not negative: the sign of a unit's effect is that of its stream.
    name : str, optional
        Its name: the rule is then called ``ed-NAME``. By default that of the function, or ``matrix``.

    Examples
    --------
    Every unit receives the error of its own class, and half that of the next:

    >>> import dalenet, numpy as np
    >>> @dalenet.routing
    ... def neighbours(unit, units, output, outputs):
    ...     return {0: 1.0, 1: 0.5}.get((output - unit) % outputs, 0.0)
    >>> dalenet.Learner(dalenet.Network(2, [8], 4), routing=neighbours).rule
    'ed-neighbours'
    >>> own = dalenet.routing(np.ones((8, 4)), name="all")
    >>> dalenet.Learner(dalenet.Network(2, [8], 4), routing=own).rule
    'ed-all'
    """
    if callable(definition):
        return FunctionRouting(definition, name or name_of(definition))
    return MatrixRouting(definition, name or "matrix")


def name_of(function: object) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return "own" if name == "<lambda>" else str(name)
