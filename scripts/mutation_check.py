"""Injects known bugs into the library, one at a time, and demands that its tests fail.

    python scripts/mutation_check.py [--crate dalenet] [part of a bug's name ...]

Works on a copy of the workspace. A bug is an exact replacement in a file of the crate's src (here for
dalenet, in environment_bugs.py for dalenet-craftax and dalenet-envs); if the text to replace is not there exactly once the script stops, so that no bug is skipped in
silence. Prints a table; the exit code is 1 if a bug survives. Needs only Python and cargo.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import environment_bugs

# name, file, text, what becomes of it
BUGS = [
    # Error Diffusion
    ("n stream hears +R", "rule/error_diffusion.rs",
     "if i < units { 1.0 } else { -1.0 }", "if i < units { 1.0 } else { 1.0 }"),
    ("routing off by one", "rule/error_diffusion.rs",
     "if unit % outputs == output", "if (unit + 1) % outputs == output"),
    ("routing asks about [p n], not each stream", "rule/error_diffusion.rs",
     "self.routing.weight(i % units,", "self.routing.weight(i,"),
    ("route of another layer", "rule/error_diffusion.rs",
     "&self.routes[layer]", "&self.routes[(layer + 1) % self.routes.len()]"),
    # The other rules
    ("BP through the wrong layer", "rule/backprop.rs",
     "layers()[layer + 1]", "layers()[lesson.network.layers().len() - 1]"),
    ("BP loses the signs", "rule/backprop.rs",
     "above.backward(lesson.above, above.weights(), signal);",
     "above.backward(lesson.above, above.weights(), signal);\n"
     "        signal.as_mut_slice().iter_mut().for_each(|s| *s = s.abs());"),
    ("FA uses W", "rule/feedback_alignment.rs",
     "&self.feedback[layer]", "lesson.network.layers()[layer + 1].weights()"),
    ("FA redraws the user's feedback", "rule/feedback_alignment.rs",
     "if !self.feedback.is_empty()", "if false"),
    ("DFA redraws the user's feedback", "rule/direct_feedback_alignment.rs",
     "if !self.feedback.is_empty()", "if false"),
    ("DFA feedback not scaled", "rule/direct_feedback_alignment.rs",
     "(outputs as f32).sqrt().recip()", "(outputs as f32).recip()"),
    ("FA feedback not scaled", "rule/feedback_alignment.rs",
     "(layer.units() as f32).sqrt().recip()", "1.0"),
    ("sign-symmetric uses W", "rule/sign_symmetric.rs",
     "scale * w.signum()", "scale * w"),
    ("sign-symmetric not scaled", "rule/sign_symmetric.rs",
     "(weights.cols() as f32).sqrt().recip()", "1.0"),
    # The error and its gate
    ("mean not taken away", "loss.rs",
     "*error -= mean;", "*error -= 0.0 * mean;"),
    ("mean over the classes' number", "loss.rs",
     "1.0 / rows as f32", "1.0 / cols as f32"),
    ("error the other way round", "loss.rs",
     "*error = -prediction;", "*error = *prediction;"),
    ("single output taken for a class", "loss.rs",
     "*single += f32::from(*label);", "*single += 1.0;"),
    ("2/alpha dropped in the gate", "engine/elementwise.rs",
     "let slope = 2.0 / width;", "let slope = width / width;"),
    ("2/alpha dropped in the response", "engine/elementwise.rs",
     "let slope = -2.0 / width;", "let slope = -width / width;"),
    ("softmax gated", "engine/elementwise.rs",
     "Activation::Softmax | Activation::Identity => {}",
     "Activation::Softmax => pairs.for_each(|(u, a)| gate_sigmoid(u, a, 2.0)),\n"
     "        Activation::Identity => {}"),
    ("output not gated", "learner.rs",
     "        layer.gate(told, trace.postsynaptic(l), trace.pooled(l), &mut below[l]);",
     "        if l < last {\n"
     "            layer.gate(told, trace.postsynaptic(l), trace.pooled(l), &mut below[l]);\n"
     "        } else {\n            std::mem::swap(told, &mut below[l]);\n        }"),
    ("relu hides NaN", "engine/elementwise.rs",
     "*z = if sum < 0.0 { 0.0 } else { sum };", "*z = sum.max(0.0);"),
    ("softmax overflows", "engine/elementwise.rs",
     "*z = exp(*z - top);", "*z = exp(*z - 0.0 * top);"),
    # Dale's principle
    ("streams swapped", "layer/dale.rs",
     "if row % self.sources < self.excitatory_rows { 1.0 } else { -1.0 }",
     "if row % self.sources < self.excitatory_rows { -1.0 } else { 1.0 }"),
    ("not projected", "layer/dale.rs",
     "if magnitude < floor { floor } else { magnitude }",
     "if magnitude < floor { magnitude } else { magnitude }"),
    ("floor is 0", "layer/dale.rs",
     "if magnitude < floor { floor } else { magnitude }",
     "if magnitude < floor { 0.0 } else { magnitude }"),
    ("floor hides NaN", "layer/dale.rs",
     "if magnitude < floor { floor } else { magnitude }", "magnitude.max(floor)"),
    ("grow_only ignored", "layer/dale.rs",
     "let Dale { floor, grow_only } = self.dale;",
     "let Dale { floor, grow_only } = Dale { grow_only: false, ..self.dale };"),
    ("grow_only grows the wrong way", "layer/dale.rs",
     "at_least(0.0, sign * d)", "at_least(0.0, -sign * d)"),
    # The update
    ("biases not updated", "optim/mod.rs",
     "engine::update_bias(bias, u, &step, &mut state.bias);", "let _ = bias;"),
    ("bias rate ignored", "optim/mod.rs",
     "step.rate *= self.bias_rate;", ""),
    ("folded sum not refreshed by a step", "engine/update.rs",
     "*sum = a + b;", "*sum = if *sum == 0.0 { a + b } else { *sum };"),
    ("folded sum not refreshed by loading", "layer/mod.rs",
     "                *w = sign * value;\n            }\n        }\n        self.fold();",
     "                *w = sign * value;\n            }\n        }"),
    ("halves of a folded layer swapped", "engine/update.rs",
     "        weights,\n        twin,\n", "        weights: twin,\n        twin: weights,\n"),
    ("momentum ignored", "engine/update.rs",
     "*v = momentum * *v + scale * *g;", "*v = 0.0 * momentum + scale * *g;"),
    ("Adam: mean not corrected", "engine/update.rs",
     "self.rate / bias(beta1)", "self.rate"),
    ("Adam: mean square not corrected", "engine/update.rs",
     "bias(beta2).sqrt().recip()", "1.0"),
    ("Adam: epsilon inside the root", "engine/update.rs",
     "(root * v.sqrt() + epsilon)", "(root * (*v + epsilon).sqrt())"),
    ("sum over the batch, not its mean", "optim/mod.rs",
     "scale: 1.0 / u.rows() as f32,", "scale: 1.0,"),
    ("steps not counted", "optim/mod.rs",
     "self.steps += 1;", "self.steps = 1;"),
    ("running power not updated", "optim/mod.rs",
     "state.power = kept * state.power + (1.0 - kept) * power;",
     "if kept == 0.0 { state.power = power; }"),
    ("no running power", "optim/mod.rs",
     "if state.power == 0.0 { 0.0 } else { POWER_DECAY }", "0.0"),
    ("normalised step not divided", "optim/mod.rs",
     "step.rate / state.power", "step.rate"),
    ("folded input counted once", "layer/mod.rs",
     "(self.inputs() / self.distinct_inputs()) as f32", "1.0"),
    ("silence divides by 0", "optim/mod.rs",
     "if silent { 0.0 } else", "if false { 0.0 } else"),
    # Tiles
    ("last tile of the update skipped", "engine/update.rs",
     "rayon::join(|| self.over(start, head), || self.over(start + half, tile));",
     "self.over(start, head);"),
    ("last tile of the product skipped", "engine/product.rs",
     "len.div_ceil(size)", "(len / size).max(1)"),
    ("remainder of a norm skipped", "engine/elementwise.rs",
     "sums.iter().sum::<f32>() + rest", "sums.iter().sum::<f32>() + 0.0 * rest"),
    ("a sum that depends on the threads", "engine/elementwise.rs",
     "sums.iter().sum::<f32>() + rest",
     "(sums.iter().sum::<f32>() + rest) * (1.0 + 1e-7 * rayon::current_num_threads() as f32)"),
    # The network's start
    ("gains swapped", "network.rs",
     "[spec.excitatory_gain, spec.inhibitory_gain]", "[spec.inhibitory_gain, spec.excitatory_gain]"),
    ("gains in the last layer, too", "network.rs",
     "if l + 1 < layers { gains } else { [1.0, 1.0] }", "gains"),
    ("fan-in of one stream", "network.rs",
     "ends.pixels * ends.sources.total()", "ends.pixels * ends.sources.p"),
    ("fan-in of one pixel", "network.rs",
     "ends.pixels * ends.sources.total()", "ends.sources.total()"),
    ("first activation serves all", "network.rs",
     "self.activations.get(l)", "self.activations.first()"),
    # Convolutions
    ("signs of pixels run on", "layer/dale.rs",
     "row % self.sources < self.excitatory_rows", "row < self.excitatory_rows"),
    ("padding on one side only", "engine/convolution.rs",
     "let (image, place) = (patch / units.positions(), patch % units.positions());\n"
     "        let [top, left] = [place / units.width, place % units.width]\n"
     "            .map(|at| (at * window.stride) as isize - window.padding as isize);",
     "let (image, place) = (patch / units.positions(), patch % units.positions());\n"
     "        let [top, left] = [place / units.width, place % units.width]\n"
     "            .map(|at| (at * window.stride) as isize);"),
    ("a piece of the gradient forgotten", "engine/convolution.rs",
     "for piece in pieces.chunks_exact(whole) {", "for piece in pieces.chunks_exact(whole).skip(1) {"),
    ("windows overwrite each other going back", "engine/convolution.rs",
     "        *sum += value;", "        *sum = *value;"),
    ("the mean of a pool is its sum", "engine/pooling.rs",
     "1.0 / (pooling.window.size * pooling.window.size) as f32", "1.0"),
    ("all of a max pool are taught", "engine/pooling.rs",
     "if a == top { *s } else { 0.0 }", "if a <= top { *s } else { 0.0 }"),
    ("normalised step not averaged over places", "optim/mod.rs",
     "1.0 / layer.output().positions() as f32", "1.0"),
    ("power of the image, not of its patches", "engine/convolution.rs",
     "f64::from(rows[i / input.width] * cols[i % input.width] * squares)", "f64::from(squares)"),
    # Checkpoints
    ("biases not loaded", "checkpoint.rs",
     "layer.set_bias(&self.floats(", "drop(self.floats("),
    ("biases loaded backwards", "checkpoint.rs",
     "self.floats(&format!(\"layer{l}.bias\"), &[layer.units()])?",
     "self.floats(&format!(\"layer{l}.bias\"), &[layer.units()])?"
     ".into_iter().rev().collect::<Vec<_>>()"),
    ("magnitudes written with their signs", "checkpoint.rs",
     "let values = layer.magnitudes(&part);",
     "let values = layer.magnitudes(&crate::layer::SubMatrix { excitatory: true, ..part.clone() });"),
    ("checksum not compared", "checkpoint.rs",
     "Some(expected) if *expected == found", "Some(expected) if !expected.is_empty()"),
    ("metadata not in the checksum", "checkpoint.rs",
     "tensors.extend(texts", "drop(texts"),
    ("power not loaded", "checkpoint.rs",
     "*power = self.floats(", "let _ = power; self.floats("),
    ("moments not loaded", "checkpoint.rs",
     "*values = self.floats(&name, &[values.len()])?;",
     "self.floats(&name, &[values.len()])?;"),
    ("steps not loaded", "optim/mod.rs",
     "(self.steps, self.layers) = (steps, layers);", "let _ = steps;\n        self.layers = layers;"),
    ("stream not restored", "random.rs",
     "Self::new(state.seed, state.stream)", "Self::new(state.seed, 0)"),
    ("high half of the position lost", "random.rs",
     "low | high << 64", "low | high << 64 >> 64 << 32"),
]


def copy_workspace(root, to):
    """What git knows and what it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        if (root / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, to / name)


# Per crate: suites, the quick one first, and bugs.
CRATES = {"dalenet": ([["--test", "golden"], ["--tests"]], BUGS)} | environment_bugs.CRATES


def cargo(workspace, crate, *arguments):
    """Whether `cargo test` passes, and what it prints."""
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(workspace / "target"),
        "CARGO_PROFILE_DEV_DEBUG": "0",
        "CARGO_PROFILE_DEV_OPT_LEVEL": "1",  # compiling takes longer than running
        "CARGO_TERM_COLOR": "never",
        "RUST_BACKTRACE": "0",
    }
    command = ["cargo", "test", "--quiet", "-p", crate, *arguments]
    done = subprocess.run(command, cwd=workspace, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode == 0, done.stdout


def verdict(workspace, crate):
    """Which suite notices; None if none does."""
    for suite in CRATES[crate][0]:
        compiles, output = cargo(workspace, crate, *suite, "--no-run")
        if not compiles:
            sys.exit(f"a bug must compile to prove anything:\n{output}")
        passes, output = cargo(workspace, crate, *suite)
        if not passes:
            failed = re.findall(rf"to rerun pass `-p {crate} (.+)`", output)
            named = re.findall(r"^    ([a-z]\w*(?:::\w+)*)$", output, re.MULTILINE)
            suite = failed[0].removeprefix("--test ") if failed else "?"
            return f"{suite}: {named[0]}" if named else suite
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--crate", choices=list(CRATES), default="dalenet")
    parser.add_argument("parts", nargs="*", help="of the names of the bugs to inject")
    args = parser.parse_args()
    every, source = CRATES[args.crate][1], Path("crates") / args.crate / "src"
    bugs = [bug for bug in every if not args.parts or any(part in bug[0] for part in args.parts)]
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory(prefix="mutation_check.") as directory:
        workspace = Path(directory)
        copy_workspace(root, workspace)
        for name, file, text, _ in every:
            count = (workspace / source / file).read_text().count(text)
            if count != 1:
                sys.exit(f"{name}: found {count} times in {file}, not once:\n{text}")
        if (seen := verdict(workspace, args.crate)) is not None:
            sys.exit(f"the tests fail without any bug: {seen}")

        survived = 0
        print(f"{'bug':45} seen by", flush=True)
        for name, file, text, becomes in bugs:
            path = workspace / source / file
            sound = path.read_text()
            path.write_text(sound.replace(text, becomes))
            seen = verdict(workspace, args.crate)
            path.write_text(sound)
            survived += seen is None
            print(f"{name:45} {seen or 'NOBODY: SURVIVED'}", flush=True)
    print(f"\n{len(bugs) - survived} of {len(bugs)} bugs caught")
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    main()
