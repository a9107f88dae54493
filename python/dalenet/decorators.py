"""Rules and routings of your own.

A learning rule says where the feedback of each hidden layer comes from; forward pass, weight update and
Dale's principle are the same for all rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dalenet._core import Feedback, Lesson

__all__ = ["MatrixRouting", "routing", "rule"]

R = TypeVar("R", bound=Callable[[Lesson, int], "Feedback | ArrayLike"] | type)
W = TypeVar("W", bound=Callable[[int, int, int, int], float])


class MatrixRouting:
    """A routing that is a matrix H×C; see `routing`."""

    def __init__(self, matrix: ArrayLike, name: str) -> None:
        self.matrix: NDArray[np.float32] = np.asarray(matrix, dtype=np.float32)
        self.name = name

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self.matrix, dtype=dtype)

    def __repr__(self) -> str:
        return f"<dalenet.routing {self.name} {self.matrix.shape}>"


def rule(definition: R, /, *, name: str | None = None) -> R:
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
    callable or class
        The definition, for ``rule=`` of `dalenet.Learner`, `dalenet.train` and
        `dalenet.sklearn.DaleClassifier`; of a class also an instance may be given.

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
        mark(definition, name=name or getattr(definition, "name", definition.__name__))
    elif callable(definition):
        mark(definition, name=name or name_of(definition), feedback=definition)
    else:
        raise TypeError(f"a rule is made of a function or a class, not of {definition!r}")
    return definition


@overload
def routing(definition: W, /, *, name: str | None = None) -> W: ...
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
    if not callable(definition):
        return MatrixRouting(definition, name or "matrix")
    mark(definition, name=name or name_of(definition), weight=definition)
    return definition


def mark(definition: object, **attributes: object) -> None:
    """Gives a function or a class the attributes of a rule: it stays what it is, so that it pickles."""
    try:
        for attribute, value in attributes.items():
            setattr(definition, attribute, value)
    except AttributeError:
        raise TypeError(f"{definition!r} takes no attributes: wrap it in a function") from None


def name_of(function: object) -> str:
    """The name of a function, of a callable object that of its class."""
    name = getattr(function, "__name__", type(function).__name__)
    return "own" if name == "<lambda>" else str(name)
