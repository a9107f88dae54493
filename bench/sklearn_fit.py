"""Times `DaleClassifier.fit` on MNIST beside the program, and beside scikit-learn's MLPClassifier.

    pip install "./python[sklearn]"
    cargo build --release
    python bench/sklearn_fit.py [--program target/release/dalenet] [--epochs 3] [--rounds 3]

Program and estimator train the same network under the same settings; their weights must be equal to the
bit. They run in turn, so that a change of the machine's speed meets both; figures are medians over the
rounds. Then `DaleClassifier` and `MLPClassifier` (Adam, its defaults, as many weights) train pass by pass
until 97 % of the test set are right, which is asked after every pass, outside the clock. Needs what
`dalenet data fetch mnist` has fetched.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np

HIDDEN = 1024


def folder():
    """Where the program keeps MNIST."""
    home = pathlib.Path(os.environ.get("XDG_DATA_HOME", pathlib.Path.home() / ".local/share"))
    return home / "dalenet" / "mnist"


def mnist(path):
    """Training and test images N×28×28 from 0 to 1, with their labels."""

    def images(name):
        pixels = np.fromfile(path / f"{name}-images-idx3-ubyte", np.uint8)[16:]
        return (pixels.astype(np.float32) / np.float32(255)).reshape(-1, 28, 28)

    def labels(name):
        return np.fromfile(path / f"{name}-labels-idx1-ubyte", np.uint8)[8:]

    return images("train"), labels("train"), images("t10k"), labels("t10k")


def program(binary, epochs, threads):
    """Seconds of a run of the program, and its weights."""
    out = pathlib.Path(tempfile.mkdtemp()) / "run"
    settings = {"epochs": epochs, "layers": f"[{HIDDEN}]", "validation": 0}
    command = [binary, "train", "mnist", "--rule", "ed", "--out", str(out)]
    command += [f"--set={key}={value}" for key, value in settings.items()]
    environment = {**os.environ, "RAYON_NUM_THREADS": str(threads)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return lines[-1]["seconds"], weights(next(out.glob("*.safetensors")))


def weights(path):
    """The parameters of the network in a checkpoint."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    arrays = {}
    for name, entry in header.items():
        if name.startswith("layer"):
            first, last = (start + offset for offset in entry["data_offsets"])
            arrays[name] = np.frombuffer(data[first:last], np.float32).reshape(entry["shape"])
    return arrays


def estimator(x, y, epochs, threads):
    """Seconds of the same fit by `DaleClassifier`, and the classifier."""
    from dalenet.sklearn import DaleClassifier

    classifier = DaleClassifier(
        [HIDDEN], epochs=epochs, batch=64, input="raw", shift=1, n_jobs=threads, random_state=0
    )
    start = time.perf_counter()
    classifier.fit(x, y)
    return time.perf_counter() - start, classifier


def time_to(goal, classifier, x, y, x_test, y_test, passes=40):
    """Seconds and passes until the goal is reached on the test set."""
    seconds = 0.0
    for done in range(1, passes + 1):
        start = time.perf_counter()
        classifier.partial_fit(x, y, classes=np.arange(10))
        seconds += time.perf_counter() - start
        score = classifier.score(x_test, y_test)
        print(f"    pass {done}: {100 * score:.2f} % after {seconds:.1f} s", flush=True)
        if score >= goal:
            return seconds, done
    return None, passes


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default="target/release/dalenet")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--data", type=pathlib.Path, default=folder())
    args = parser.parse_args()
    x, y, x_test, y_test = mnist(args.data)

    times = {"program": [], "DaleClassifier": []}
    for _ in range(args.rounds):
        seconds, of_program = program(args.program, args.epochs, args.threads)
        times["program"].append(seconds)
        seconds, classifier = estimator(x, y, args.epochs, args.threads)
        times["DaleClassifier"].append(seconds)
        own = classifier.weights_
        assert of_program.keys() == own.keys()
        assert all((of_program[name] == own[name]).all() for name in own), "weights differ"
    rates = {name: args.epochs * len(x) / statistics.median(of) for name, of in times.items()}
    for name, rate in rates.items():
        print(f"{name}: {rate:,.0f} samples/s")
    print(f"DaleClassifier / program: {100 * rates['DaleClassifier'] / rates['program']:.1f} %")

    from sklearn.neural_network import MLPClassifier

    from dalenet.sklearn import DaleClassifier

    flat, flat_test = x.reshape(len(x), -1), x_test.reshape(len(x_test), -1)
    print("time to 97 %:")
    dale = DaleClassifier([HIDDEN], batch=64, input="raw", n_jobs=args.threads, random_state=0)
    perceptron = MLPClassifier([2 * HIDDEN], random_state=0)
    for name, classifier in [("DaleClassifier", dale), ("MLPClassifier", perceptron)]:
        print(f"  {name}")
        seconds, passes = time_to(0.97, classifier, flat, y, flat_test, y_test)
        print(f"  {name}: " + (f"{seconds:.1f} s, {passes} passes" if seconds else "not reached"))


if __name__ == "__main__":
    main()
