"""What else may raise the accuracy of CIFAR-10's default preset: each lever alone on a smaller net, by held-out samples.

    pip install ./python numpy onnx onnxruntime
    python scripts/levers.py SAMPLES.npz RUN [--program target/release/dalenet] [--levers NAME ...] [--seed 100] [--out FILE] [--keep FILE.npy]

SAMPLES.npz has `x` (images, as `dalenet predict` reads them) and `y`; RUN is any with the preset's input, whose preparation
is used. The net has 64 windows, is trained for 5 epochs on nine tenths of the samples, mirrored at random, in bf16, and
tried on the last tenth. Prints a line a lever, and appends it to FILE.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import dalenet
import numpy as np
import onnxruntime
from layer_probe import BATCH, inputs_of_layers

CLASSES, EPOCHS, SAMPLES, KAPPA = 10, 5, 64, 40.0
TRIED = 2000  # samples by which routing is learnt
WINDOWS = {"kind": "convolution", "units": 64, "size": 5, "stride": 2}
POOLING = {"kind": "pooling", "mode": "max", "size": 4, "stride": 2}
PAIRS = [(0, 8), (1, 9), (2, 6), (3, 5), (4, 7)]  # classes that are taken for each other the most


def prepared(program, run, images):
    """What the first layer of a run reads of images: N×H×W×C."""
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "net.onnx"
        subprocess.run([program, "export", str(run), "--out", str(graph)], check=True, capture_output=True)
        content, (first, *_) = inputs_of_layers(graph)
    session = onnxruntime.InferenceSession(content)
    (image,) = session.get_inputs()
    parts = (session.run([first], {image.name: images[i : i + BATCH]})[0] for i in range(0, len(images), BATCH))
    return np.concatenate([part.transpose(0, 2, 3, 1).astype(np.float16) for part in parts])


class Lever:
    """The default: one-vs-all targets, errors centred over the batch, plain steps, modulo routing."""

    layers = [WINDOWS, POOLING]

    def routing(self, units):
        return "modulo"

    def epoch_ends(self, learner, x, y):
        """The learner of the next epoch."""
        return learner

    def images(self, x, generator):
        return x

    def targets(self, labels):
        return np.eye(CLASSES, dtype=np.float32)[labels]

    def error(self, targets, prediction):
        return targets - prediction

    def centred(self, error):
        return error - error.mean(0)

    def step(self, learner, error, rate, progress):
        learner.learn(error, rate)

    def finish(self, network):
        """What is evaluated."""


class Smoothing(Lever):
    def targets(self, labels):
        return 0.9 * super().targets(labels) + 0.1 / CLASSES


class SoftmaxError(Lever):
    """The error of a softmax over the outputs' inputs, times a gain; the net is the same."""

    def __init__(self, gain=1.0):
        self.gain = gain

    def error(self, targets, prediction):
        prediction = prediction.clip(1e-6, 1 - 1e-6)
        z = np.log(prediction / (1 - prediction))
        shares = np.exp(z - z.max(1, keepdims=True))
        return self.gain * (targets - shares / shares.sum(1, keepdims=True))


class ClassGain(Lever):
    """The error of a sample's own class counts for more."""

    def __init__(self, gain):
        self.gain = gain

    def error(self, targets, prediction):
        return np.where(targets > 0, self.gain, 1.0).astype(np.float32) * (targets - prediction)


class RunningMean(Lever):
    """Errors centred by their running mean instead of the batch's."""

    mean = 0.0

    def centred(self, error):
        self.mean = 0.99 * self.mean + 0.01 * error.mean(0)
        return (error - self.mean).astype(np.float32)


class Cutout(Lever):
    """A square of 8×8 pixels is blank (DeVries & Taylor 2017)."""

    def images(self, x, generator):
        x = x.copy()
        for image, (row, column) in zip(x, generator.integers(0, 32, (len(x), 2)), strict=True):
            image[max(row - 4, 0) : row + 4, max(column - 4, 0) : column + 4] = 0
        return x


class PairedRouting(Lever):
    """Units hear the error of the class most like their own, too, at this weight."""

    def __init__(self, weight):
        self.weight = weight

    def routing(self, units):
        matrix = np.eye(CLASSES, dtype=np.float32)
        for a, b in PAIRS:
            matrix[a, b] = matrix[b, a] = self.weight
        return matrix[np.arange(units) % CLASSES]


class LearntRouting(Lever):
    """From the second epoch on a unit hears, at this weight, the error of the other class that it answers the most."""

    def __init__(self, weight):
        self.weight, self.learnt = weight, False

    def epoch_ends(self, learner, x, y):
        if self.learnt:
            return learner
        self.learnt = True
        units = WINDOWS["units"]
        activity = learner.network.activities(x[:TRIED].astype(np.float32))[0].reshape(min(len(x), TRIED), -1, 2 * units)
        answers = np.stack([activity[y[:TRIED] == label, :, :units].mean((0, 1)) for label in range(CLASSES)], axis=1)
        answers = answers / answers.mean(0)  # some classes make every unit more active
        own = np.arange(units) % CLASSES
        answers[np.arange(units), own] = 0
        matrix = np.eye(CLASSES, dtype=np.float32)[own]
        matrix[np.arange(units), answers.argmax(1)] = self.weight
        return learner_of(learner.network, matrix)


class Divisive(Lever):
    """What is pooled is divided by the activity of all channels of its place (Carandini & Heeger 2012)."""

    layers = [WINDOWS, POOLING, {"kind": "divisive"}]


class Average(Lever):
    """The mean of the weights over the last third of the steps is evaluated."""

    def __init__(self):
        self.sum, self.count = {}, 0

    def step(self, learner, error, rate, progress):
        super().step(learner, error, rate, progress)
        if progress > 2 / 3 and learner.steps % 20 == 0:
            for name, values in learner.network.weights.items():
                self.sum[name] = self.sum.get(name, 0) + values.astype(np.float64)
            self.count += 1

    def finish(self, network):
        network.set_weights({name: (total / self.count).astype(np.float32) for name, total in self.sum.items()})


class OtherSteps(Lever):
    """Magnitudes whose names begin so are moved by `moved` instead of their gradient's step."""

    prefixes = ("layer1.W", "layer2.W")

    def moved(self, old, step):
        raise NotImplementedError

    def step(self, learner, error, rate, progress):
        before = learner.network.weights
        learner.learn(error, rate)
        after = learner.network.weights
        names = [name for name in after if name.startswith(self.prefixes)]
        moved = {name: self.moved(before[name], after[name] - before[name]) for name in names}
        learner.network.set_weights({name: np.clip(values, 1e-4, None) for name, values in moved.items()})


class Exponentiated(OtherSteps):
    """Magnitudes are multiplied: |W| ← |W|·exp(ΔW/mean |W|) instead of |W| + ΔW, with the same mean step."""

    def moved(self, old, step):
        return old * np.exp(np.clip(step / old.mean(), -1, 1))


class Orthogonalised(OtherSteps):
    """The step of the convolution becomes the nearest orthogonal matrix of the same norm (as Muon, Jordan 2024)."""

    prefixes = ("layer1.W",)

    def moved(self, old, step):
        norm = np.linalg.norm(step)
        orthogonal = step / max(norm, 1e-12)
        for _ in range(8):
            orthogonal = 1.5 * orthogonal - 0.5 * orthogonal @ (orthogonal.T @ orthogonal)
        return old + orthogonal * (norm / max(np.linalg.norm(orthogonal), 1e-12))


class Both(Orthogonalised, PairedRouting):
    pass


LEVERS = {
    "none": Lever,
    "label smoothing 0.1": Smoothing,
    "error of a softmax": SoftmaxError,
    "error of a softmax, a quarter": lambda: SoftmaxError(0.25),
    "own class twice": lambda: ClassGain(2.0),
    "own class four times": lambda: ClassGain(4.0),
    "centred by a running mean": RunningMean,
    "cutout": Cutout,
    "routing to pairs, 0.3": lambda: PairedRouting(0.3),
    "routing to pairs, -0.3": lambda: PairedRouting(-0.3),
    "mean of the weights": Average,
    "exponentiated steps": Exponentiated,
    "orthogonalised steps": Orthogonalised,
    "learnt routing, 0.3": lambda: LearntRouting(0.3),
    "divisive normalisation": Divisive,
    "routing to pairs, 0.5": lambda: PairedRouting(0.5),
    "routing to pairs, 0.3, and orthogonalised steps": lambda: Both(0.3),
}


def accuracy(network, x, y):
    found = [network.forward(x[i : i + BATCH].astype(np.float32)).argmax(1) for i in range(0, len(x), BATCH)]
    return float((np.concatenate(found) == y).mean())


def learner_of(network, routing):
    return dalenet.Learner(network, "ed", routing=routing, normalised=True, convolution_rate=2.0)


def train(lever, x, y, seed):
    """Held-out and training accuracy of a net that is trained with a lever."""
    generator = np.random.default_rng(seed)
    fit = len(x) * 9 // 10
    network = dalenet.Network(x.shape[1:], lever.layers, CLASSES, widths=[3.0, 6.0], excitatory_gain=1.5,
                              inhibitory_gain=0.5, precision="bf16", seed=seed)
    network.balance_biases(x[:1024].astype(np.float32))
    learner = learner_of(network, lever.routing(WINDOWS["units"]))
    steps, done = EPOCHS * (fit // SAMPLES), 0
    for _ in range(EPOCHS):
        for chosen in np.split(generator.permutation(fit)[: fit // SAMPLES * SAMPLES], fit // SAMPLES):
            images = x[chosen].astype(np.float32)
            mirrored = generator.random(SAMPLES) < 0.5
            images[mirrored] = images[mirrored, :, ::-1]
            prediction = learner.forward(lever.images(images, generator))
            error = lever.centred(lever.error(lever.targets(y[chosen]), prediction)).astype(np.float32)
            rate = KAPPA * (1 + np.cos(np.pi * done / steps)) / 2
            lever.step(learner, error, rate, done / steps)
            done += 1
        learner = lever.epoch_ends(learner, x[:fit], y[:fit])
    lever.finish(network)
    return accuracy(network, x[fit:], y[fit:]), accuracy(network, x[: len(x) - fit], y[: len(x) - fit])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("--levers", nargs="+", choices=LEVERS, default=list(LEVERS))
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--keep", type=Path, metavar="FILE.npy", help="where prepared samples are kept for another time")
    parser.add_argument("--out", type=Path)
    parser.add_argument("samples", type=Path)
    parser.add_argument("run", type=Path)
    args = parser.parse_args()
    samples = np.load(args.samples)
    if args.keep and args.keep.exists():
        x = np.load(args.keep)
    else:
        x = prepared(args.program, args.run, samples["x"])
        if args.keep:
            np.save(args.keep, x)
    y = samples["y"].astype(np.int64)
    for name in args.levers:
        start = time.monotonic()
        held_out, training = train(LEVERS[name](), x, y, args.seed)
        found = {"lever": name, "seed": args.seed, "held_out": held_out, "training": training, "seconds": round(time.monotonic() - start)}
        print(json.dumps(found), flush=True)
        if args.out:
            with args.out.open("a") as file:
                file.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
