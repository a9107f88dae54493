"""Runs the blocks of docs/GUIDE.md in their order, in the current folder, and then its forward pass on
networks of every kind of layer, beside their ONNX graphs in onnxruntime where that is installed.

    python run_guide.py GUIDE PROGRAM

`console` blocks must print what stands there, but for their numbers; `python` blocks must run.
Needs numpy and safetensors.
"""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from safetensors import safe_open

try:
    import onnxruntime
except ImportError:
    onnxruntime = None

# What differs from machine to machine: figures, and how wide they are.
FIGURES = re.compile(r"[-−]?\d[\d.,]*(e-?\d+)?[kM]?")
# A layer of each kind, Dale's principle in both forms and none, each response, each preparation.
NETWORKS = {
    "pooled": """--set input=contrast --set 'convolutions=[{units=5,size=3,padding=1,pooling="max",pool_size=3}]'
        --set 'layers=[{kind="convolution",units=4,size=3,stride=2,padding=1},
        {kind="pooling",mode="average",stride=1},{kind="divisive",gamma=1.5,sigma=0.7},16]'""",
    "literal": """--rule bp --set 'dale="literal"' --set dual=true --set response=relu --set input=standard
        --set 'layers=[16,{kind="divisive",exponent=1},16,{kind="skip",from=2}]'""",
    "skip": """--rule bp-dale --set response=relu --set rms=true --set input=on-off
        --set 'layers=[16,16,{kind="skip",from=3}]'""",
    "single": """--rule bp --set response=tanh --set loss=cross-entropy
        --set 'layers=[{kind="convolution",units=6,size=5,stride=2},16]'""",
    "free": "--rule bp --set dual=true --set dale=false --set layers=[8,8] --set 'widths=[3.0,2.0,5.0]'",
}


def blocks(guide):
    """Language, first line and text of each block."""
    fences = re.finditer(r"^```(\w+)\n(.*?)^```$", guide, re.M | re.S)
    return [(f[1], guide[: f.start()].count("\n") + 2, f[2]) for f in fences]


def shell(command):
    """What a command prints; it must succeed."""
    command = " ".join(command.split())
    bash = ["bash", "-o", "pipefail", "-c", f"{command} 2>&1"]
    done = subprocess.run(bash, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: exit code {done.returncode}\n{done.stdout}"
    return done.stdout


def form(text):
    lines = (line for line in text.splitlines() if not line.startswith("changed: "))
    return [" ".join(FIGURES.sub("#", line).split()) for line in lines]


def run_console(line, text):
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, printed = part.partition("\n")
        found = shell(command)
        assert form(found) == form(printed), f"line {line}: {command} printed\n{found}"


def check_networks(guide):
    """The guide's forward pass gives the program's probabilities, and its test confusion."""
    data = np.load("bars.npz")
    x, y = guide["samples"](data["x_test"]), data["y_test"]
    for name, settings in NETWORKS.items():
        shell(f"dalenet train bars.npz --epochs 2 {settings} --out nets/{name}")
        shell(f"dalenet predict nets/{name} bars.npz --out nets/{name}.npz")
        tensors, settings = guide["read"](f"nets/{name}")
        output = guide["forward"](tensors, settings, guide["prepare"](tensors, settings, x))
        probabilities = np.load(f"nets/{name}.npz")["probability"]
        # Of sigmoids the program gives the share of each in their sum.
        assert np.allclose(output / output.sum(-1, keepdims=True), probabilities, atol=1e-5), name
        assert probabilities.std(0).min() > 1e-3, f"{name} gives every sample the same"
        confusion = np.zeros((3, 3), int)
        np.add.at(confusion, (y, output.argmax(-1)), 1)
        result = json.loads(Path(f"nets/{name}/result.json").read_text())
        assert confusion.tolist() == result["test_confusion"], (name, confusion, result)
        check_arrays(guide, f"nets/{name}", tensors)
        for form in ["dual", "signed"]:
            graph = export(f"nets/{name}", f"{name}-{form}.onnx", f"--form {form} --pixels bytes")
            check_graph(graph, {"image": data["x_test"][..., None]}, {"output": output, "label": output.argmax(-1)})


def export(run, out, options=""):
    shell(f"dalenet export {run} --out {out} {options}")
    return out


def check_arrays(guide, run, tensors):
    """Exported arrays are those of the checkpoint, without what only the training needs."""
    arrays = np.load(export(run, f"{run}-arrays.npz"))
    exported, settings = read_safetensors(export(run, f"{run}.safetensors"))
    assert json.loads(arrays["experiment"][0]) == settings == guide["read"](run)[1]
    names = {name for name in tensors if re.fullmatch(r"layer\d+\.(W\w*|bias)|preparation", name)}
    assert set(exported) == set(arrays.files) - {"experiment"} == names
    for name in names:
        assert (arrays[name] == tensors[name]).all() and (exported[name] == tensors[name]).all(), name


def read_safetensors(path):
    with safe_open(path, "np") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, json.loads(file.metadata()["experiment"])


def check_graph(graph, inputs, outputs):
    """A graph from raw inputs gives these outputs."""
    if onnxruntime is None:
        return
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    for name, found in zip(outputs, session.run(list(outputs), inputs), strict=True):
        wanted = outputs[name]
        assert found.shape == wanted.shape, (graph, name, found.shape, wanted.shape)
        assert np.allclose(found, wanted, rtol=0, atol=1e-5), (graph, name, np.abs(found - wanted).max())


def check_agent(guide):
    """Every action of the episode on the page of cart-pole is the one that the guide's policy takes."""
    page = Path("pole.html").read_text()
    recording = re.search(r'<script id="recording" type="application/json">(.*?)</script>', page)[1]
    poses = base64.b64decode(json.loads(recording)["poses"])
    poses = np.frombuffer(poses, "<f4").reshape(-1, 2, 7).astype(float)  # frames × (cart, pole)
    position, tilt = poses[:, 0, 0], 2 * np.arctan2(poses[:, 1, 5], poses[:, 1, 3])
    # Explicit Euler: a step of 0.02 s moves by the velocity before it.
    velocity, spin = np.diff(position) / 0.02, np.diff(tilt) / 0.02
    observations = np.stack([position[:-1], velocity, tilt[:-1], spin], 1)
    tensors, settings = guide["read"]("runs/pole")
    actions = guide["act"](tensors, settings, observations)[:-1]
    pushed_right = np.diff(velocity) > 0
    assert len(actions) > 50 and (actions == pushed_right).all()
    for form in ["dual", "signed"]:
        graph = export("runs/pole", f"pole-{form}.onnx", f"--form {form}")
        outputs = {"action": guide["act"](tensors, settings, observations)}
        check_graph(graph, {"observation": observations.astype(np.float32)}, outputs)
    # The critic expects no more than an endless episode gives, and more of an upright pole.
    values = guide["value"](tensors, settings, observations)
    assert 0 < values.mean() < 1.2 / (1 - settings["discount"]), values.mean()


def main(guide, program):
    os.environ["PATH"] = f"{Path(program).resolve().parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["COLUMNS"] = "80"
    names = {"__name__": "guide"}
    count = 0
    for language, line, text in blocks(Path(guide).read_text()):
        if language == "console":
            run_console(line, text)
        elif language == "python":
            exec(compile("\n" * (line - 1) + text, guide, "exec"), names)
        else:
            continue
        count += 1
    check_networks(names)
    check_agent(names)
    graphs = "" if onnxruntime else "; no onnxruntime, so no graph was run"
    print(f"{count} blocks of {guide}, {len(NETWORKS)} networks and an agent{graphs}")


main(*sys.argv[1:])
