"""Bugs of `dalenet-train`: preparation of inputs, and learning on devices."""

PREPARATION_BUGS = [
    ("local deviation of a negative sum", "classification/preparation.rs", "spread.max(0.0).sqrt()", "spread.sqrt()"),
    ("filter of the window's corner", "classification/whitening.rs", "(channel * SIZE + REACH) * SIZE + REACH", "channel * SIZE * SIZE"),
    ("filter of another channel", "classification/whitening.rs", "image[channel..].iter_mut()", "image[self.channels - 1 - channel..].iter_mut()"),
    ("filter turned about", "classification/whitening.rs", "lines.map(move |line| &line[x..x + width])", "lines.map(move |line| &line[SIZE - 1 - x..][..width])"),
    ("noise in place of the variance", "classification/whitening.rs", "covariance[i * inputs + i] += NOISE", "covariance[i * inputs + i] = NOISE"),
    ("root not scaled back", "classification/whitening.rs", "z.iter_mut().for_each(|value| *value /= trace.sqrt());", ""),
    ("Newton's method ends early", "classification/whitening.rs", "if error < 1e-9 {", "if error < 1e-1 {"),
    ("filter of other channels restored", "classification/whitening.rs", "checked_mul(SIZE * SIZE)? == weights.len()", "checked_mul(SIZE * SIZE)? <= usize::MAX"),
    ("no filter applied", "classification/preparation.rs", "whitening.apply(image, self.image);", "let _ = whitening;"),
]

DEVICE_BUGS = [
    ("pulses rounded down", "device/pulses.rs", "wanted.abs() / size + draws.uniform(draw)", "wanted.abs() / size"),
    ("asymmetry upwards", "device/pulses.rs", "true => step * (1.0 - saturation * x)", "true => step * (1.0 - asymmetry) * (1.0 - saturation * x)"),
    ("saturation at the other end", "device/pulses.rs", "true => step * (1.0 - saturation * x)", "true => step * (1.0 - saturation * (1.0 - x))"),
    ("conductances without an end", "device/pulses.rs", "sign * (magnitude + step + noise).clamp(least, most)", "sign * (magnitude + step + noise).max(least)"),
    ("no write noise", "device/pulses.rs", "noise * draws.normal(draw + pulse)", "0.0 * noise * draws.normal(draw + pulse)"),
    ("initial weights between levels", "device/pulses.rs", "((magnitude - self.least) / size).round_ties_even()", "((magnitude - self.least) / size)"),
    ("learning changes the rounded weights", "device/mod.rs", "layer.change_weights(|weights| weights.clone_from(before))", "layer.change_weights(|_| drop(before))"),
    ("forward levels of the whole layer", "device/forward.rs", "part.rows.iter().for_each(|row| streams[*row] = 1)", "part.rows.iter().for_each(|row| streams[*row] = 0)"),
    ("forward noise turns signs", "device/forward.rs", "if keeps_sign { magnitude.max(0.0) } else { magnitude }", "magnitude"),
    ("the same noise in every step", "device/draws.rs", "let parts = [step, layer as u64, stream];", "let parts = [0 * step, layer as u64, stream];"),
]

CRATES = {"dalenet-train": ([["--lib"], ["--test", "device"]], PREPARATION_BUGS + DEVICE_BUGS)}
