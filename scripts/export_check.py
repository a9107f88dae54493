"""Whether exported networks compute what the program computes, on whole test sets.

    python scripts/export_check.py RUN... [--program target/release/dalenet]

Each run is exported as ONNX (both forms) and as NumPy arrays. Of a run on a data set all test samples, as they are
in the files, go through onnxruntime and through the guide's forward pass in NumPy: outputs must agree within 1e-5
with each other and with the probabilities of `dalenet predict`, labels and confusion with the program's to
the last sample. Of an agent the same observations of 16 environments over 256 steps of its own episodes go through
all of them; actions must be those of the package for Python.

Needs numpy, safetensors, onnxruntime and, for agents, the package for Python.
"""

import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

GUIDE = Path(__file__).parent.parent / "docs" / "GUIDE.md"
SHAPES = {"mnist": (28, 28, 1), "fashion-mnist": (28, 28, 1), "cifar10": (32, 32, 3)}
ENVIRONMENTS, STEPS = 16, 256
# Windows of many images at once would need gigabytes.
BATCH = 50


def guide():
    """The functions of the guide's page on the weights: read, prepare, forward, observe, act."""
    names = {}
    for text in re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), re.M | re.S):
        if re.search(r"^def (read|observe)\(", text, re.M):
            exec(text, names)
    return names


def test_set(task, folder):
    """Raw pixels B×H×W×C, bytes, and labels of a data set that was fetched."""
    folder = folder / task
    if task == "cifar10":
        pixels, labels = "test-pixels-nhwc.bin", "test-labels.bin"
        offsets = (0, 0)
    else:
        pixels, labels = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
        offsets = (16, 8)
    pixels, labels = (np.fromfile(folder / name, np.uint8, offset=at) for name, at in zip((pixels, labels), offsets))
    return pixels.reshape(-1, *SHAPES[task])[: len(labels)], labels


def graph(path, inputs, batch=BATCH):
    """The outputs of an ONNX graph, batch by batch."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    parts = [session.run(None, {name: inputs[i : i + batch]}) for i in range(0, len(inputs), batch)]
    return {out.name: np.concatenate(part) for out, part in zip(session.get_outputs(), zip(*parts))}


def arrays(path):
    """Tensors and settings of an exported `.npz`."""
    with np.load(path) as file:
        tensors = {name: file[name] for name in file.files if name != "experiment"}
        return tensors, json.loads(file["experiment"][0])


def classes(output):
    """The class of each row: of level outputs, as of saturated sigmoids, the last, as in the program."""
    return output.shape[1] - 1 - output[:, ::-1].argmax(-1)


def confusion(labels, predicted):
    matrix = np.zeros((labels.max() + 1,) * 2, int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix.tolist()


def check_labels(what, output, wanted):
    """Labels are equal but where two outputs are; returns where they are not."""
    others = np.flatnonzero(classes(output) != wanted)
    gaps = np.diff(np.sort(output[others], -1)[:, -2:])
    assert (gaps <= 1e-5).all(), f"{what}: samples {others}"
    return len(others)


def check(what, found, wanted):
    """The largest difference, which must be at most 1e-5."""
    difference = float(np.abs(found - wanted).max())
    assert difference <= 1e-5, f"{what}: outputs differ by {difference}"
    return difference


def check_classifier(run, task, dalenet, exported, names, folder):
    pixels, labels = test_set(task, Path(folder))
    tensors, settings = exported["npz"]
    output = np.concatenate([
        names["forward"](tensors, settings, names["prepare"](tensors, settings, pixels[i : i + BATCH] / 255))
        for i in range(0, len(pixels), BATCH)
    ])
    dalenet("predict", run, task, "--out", "p.npz")
    predicted = np.load(exported["folder"] / "p.npz")
    evaluated = json.loads(dalenet("eval", run, "--json").splitlines()[-1])
    wanted = evaluated["confusion"]
    level = check_labels("NumPy", output, predicted["label"])
    differences = [check("NumPy", output / output.sum(-1, keepdims=True), predicted["probability"])]
    for form in ["dual", "signed"]:
        found = graph(exported[form], pixels)
        differences += [check(form, found["output"], output)]
        assert confusion(labels, found["label"]) == wanted, form
    accuracy = evaluated["test_accuracy"]
    said = f"{len(labels)} test samples, {100 * accuracy:.2f} % right, labels and confusion of the graphs equal"
    numpy = f"in NumPy all but {level}, whose outputs are level" if level else "and in NumPy"
    return f"{said}, {numpy}", differences


def check_agent(run, task, exported, names):
    import dalenet.gym

    agent = dalenet.load(run)
    envs = dalenet.gym.VectorEnv(task, ENVIRONMENTS)
    observations = []
    current, _ = envs.reset(seed=12345)
    for _ in range(STEPS):
        observations.append(np.asarray(current, np.float32).reshape(ENVIRONMENTS, -1))
        current = envs.step(agent.act(observations[-1]))[0]
    observations = np.concatenate(observations)
    tensors, settings = exported["npz"]
    inputs = names["observe"](tensors, settings, observations.astype(np.float64))
    output = names["forward"](tensors, settings, inputs, "actor.")
    wanted = names["act"](tensors, settings, observations.astype(np.float64))
    own = agent.act(observations) if settings["deterministic"] else wanted
    # Two choices of a logit that is level to the last bits may be either.
    differences = []
    for form in ["dual", "signed"]:
        found = graph(exported[form], observations)
        scale = max(1.0, float(np.abs(output).max()))
        differences.append(check(form, found["output"] / scale, output / scale))
        if wanted.dtype.kind == "f":
            differences += [check(f"{form}, actions", found["action"], wanted), check("program", own, wanted)]
        else:
            assert (found["action"] == wanted).all() and (own == wanted).all(), "choices differ"
    kind = "actions within 1e-5" if wanted.dtype.kind == "f" else "equal choices"
    return f"{len(observations)} observations, {kind} (largest output {np.abs(output).max():.3g})", differences


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--program", type=Path, default=Path("target/release/dalenet"))
    parser.add_argument("--data", default=Path.home() / ".local/share/dalenet", help="folder of the data sets")
    args = parser.parse_args()
    names = guide()
    for run in args.runs:
        with tempfile.TemporaryDirectory() as folder:

            def dalenet(*arguments):
                command = [args.program.resolve(), *map(str, arguments)]
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
                assert done.returncode == 0, done.stderr
                return done.stdout

            path, exported = run.resolve(), {"folder": Path(folder)}
            for form in ["dual", "signed"]:
                exported[form] = f"{folder}/{form}.onnx"
                dalenet("export", path, "--out", exported[form], "--form", form)
            dalenet("export", path, "--out", "net.npz")
            exported["npz"] = arrays(f"{folder}/net.npz")
            _, settings = exported["npz"]
            task = settings["task"]
            if settings["kind"] == "agent":
                said, differences = check_agent(path, task, exported, names)
            else:
                said, differences = check_classifier(path, task, dalenet, exported, names, args.data)
            print(f"{run} ({task} by {settings['rule']}): {said}; outputs differ by {max(differences):.1e} at most", flush=True)


main()
