"""What a type checker must say of runs: mypy reads this file and runs nothing."""

from pathlib import Path
from typing import Any, assert_type

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import dalenet

x, y = np.zeros((4, 2), np.float32), np.arange(4)

run = dalenet.train("mnist", rule="dfa", seed=3, layers=[512, 256], out=Path("runs/x"))
assert_type(run, dalenet.Run)
assert_type(dalenet.train((x, y), test_data=(x, y), validation_data="held-out.npz"), dalenet.Run)
assert_type(dalenet.load("runs/x"), dalenet.Run)
assert_type(dalenet.resume(Path("runs/x"), epochs=3), dalenet.Run)
assert_type(run.metrics, dict[str, NDArray[Any]])
assert_type(run.weights["layer1.W_pp"], NDArray[np.float32])
assert_type(run.predict_proba(x), NDArray[np.float32])
assert_type(run.frame(), pd.DataFrame)
assert_type(run.result, dict[str, Any] | None)
assert_type(run.play(), dalenet.Page)
assert_type(dalenet.tasks(), dict[str, str])
assert_type(dalenet.config("mnist"), dict[str, Any])
dalenet.train("xor", on_epoch=lambda epoch: assert_type(epoch.validation_accuracy, float | None))
dalenet.train("brax/ant", on_update=lambda update: assert_type(update.steps, int))

dalenet.train("xor", on_epoch=lambda epoch: epoch.accuracy)  # type: ignore[attr-defined]
dalenet.train("xor", seed="3")  # type: ignore[arg-type]
dalenet.train(["mnist"])  # type: ignore[arg-type]
