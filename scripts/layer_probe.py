"""What each layer of a trained net for images still knows, and in how many directions.

    python scripts/layer_probe.py [--program target/release/dalenet] SAMPLES.npz RUN ...

SAMPLES.npz has `x` (images, as `dalenet predict` reads them) and `y`. For the input of every layer with weights of
each run: the accuracy of a linear classifier on it (ridge regression on one output a class, fitted on four fifths of
the samples, tested on the last fifth; the best of three strengths), the number of channels, and the participation
ratio (Σλ)²/Σλ² of the eigenvalues λ of their covariance over samples and places. Prints a Markdown table. Needs
numpy, onnx and onnxruntime.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

BATCH = 500
STRENGTHS = [0.003, 0.03, 0.3]  # of the ridge, as a share of the mean variance


def inputs_of_layers(path):
    """The graph with what every layer with weights reads as outputs more, and the names by layer."""
    model = onnx.load(path)
    weights = {tensor.name for tensor in model.graph.initializer if tensor.name.startswith("layer")}
    made_by = {name: node for node in model.graph.node for name in node.output}
    reads = []
    for node in model.graph.node:
        # Weights of a layer are constants; each stream and each of its two signs has a product of its own.
        if node.op_type in ("Conv", "MatMul") and node.input[1] in weights:
            read = node.input[0]
            while read in made_by and made_by[read].op_type in ("Reshape", "Transpose"):
                read = made_by[read].input[0]  # the image's channels, before they are flattened
            if read not in reads:
                reads.append(read)
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in reads)
    return model.SerializeToString(), reads


def activities(path, images):
    """What every layer with weights reads of these images, B×C×H×W or B×N, both streams in one."""
    graph, names = inputs_of_layers(path)
    session = onnxruntime.InferenceSession(graph)
    (image,) = session.get_inputs()
    found = [[] for _ in names]
    for start in range(0, len(images), BATCH):
        read = session.run(names, {image.name: images[start : start + BATCH]})
        for values, more in zip(found, read, strict=True):
            values.append(more.astype(np.float32))
    found = [np.concatenate(values) for values in found]
    # The input is read as it is; every other layer has a p and an n stream.
    return [found[0]] + [np.concatenate(pair, 1) for pair in zip(found[1::2], found[2::2], strict=True)]


def participation(values):
    """(Σλ)²/Σλ² of the channels' covariance."""
    channels = values.reshape(*values.shape[:2], -1).transpose(0, 2, 1).reshape(-1, values.shape[1])
    channels = channels[:: max(1, len(channels) // 200_000)]
    eigenvalues = np.linalg.eigvalsh(np.cov(channels.T))
    return eigenvalues.sum() ** 2 / (eigenvalues**2).sum()


def probe(values, labels):
    """The share of the last fifth of the samples that a linear classifier gets right."""
    values = values.reshape(len(values), -1)
    fit = len(values) * 4 // 5
    values = (values - values[:fit].mean(0)).astype(np.float32)
    wanted = np.eye(labels.max() + 1, dtype=np.float32)[labels[:fit]]
    gram, shares = values[:fit].T @ values[:fit], []
    scale = np.trace(gram) / len(gram)
    for strength in STRENGTHS:
        ridge = gram + strength * scale * np.eye(len(gram), dtype=np.float32)
        weights = np.linalg.solve(ridge, values[:fit].T @ (wanted - wanted.mean(0)))
        shares.append((np.argmax(values[fit:] @ weights + wanted.mean(0), 1) == labels[fit:]).mean())
    return max(shares)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("samples", type=Path)
    parser.add_argument("runs", nargs="+", type=Path)
    args = parser.parse_args()
    samples = np.load(args.samples)
    labels = samples["y"].astype(np.int64)
    print("| run | read by layer | linear classifier, % | channels | participation ratio |\n|---|---|---|---|---|")
    for run in args.runs:
        with tempfile.TemporaryDirectory() as folder:
            graph = Path(folder) / "net.onnx"
            subprocess.run([args.program, "export", str(run), "--out", str(graph)], check=True, capture_output=True)
            for layer, values in enumerate(activities(graph, samples["x"]), start=1):
                print(f"| {run.name} | {layer} | {100 * probe(values, labels):.1f} | "
                      f"{values.shape[1]} | {participation(values):.1f} |", flush=True)


if __name__ == "__main__":
    main()
