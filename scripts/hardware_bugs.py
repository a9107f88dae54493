"""Bugs of devices: `dalenet-hardware`, and learning on devices in `dalenet-train`."""

HARDWARE_BUGS = [
    ("converter keeps what is out of range", "device/converter.rs", ".clamp(0.0, steps)", ""),
    ("signed converter without 0", "device/converter.rs", "(((1u64 << bits) - 2).max(2))", "(((1u64 << bits) - 1).max(2))"),
    ("levels one too many", "device/crossbar.rs", "f64::from(levels - 1)", "f64::from(levels)"),
    ("no reference subtracted", "device/crossbar.rs", "(g - other, variance + noise(devices, i, other))", "(g, variance + noise(devices, i, other))"),
    ("reads of the reference without noise", "device/crossbar.rs", "variance + noise(devices, i, other)", "variance"),
    ("stuck at the wrong end", "device/crossbar.rs", "Some(device.smallest()),", "Some(1.0),"),
    ("drift upwards", "device/effects.rs", ".powf(-exponent)", ".powf(exponent)"),
    ("read noise does not grow", "device/effects.rs", ".ln().sqrt()", ".sqrt().sqrt()"),
    ("calibration forgets what it saw", "device/calibration.rs", "values.as_slice().iter().fold(known,", "values.as_slice().iter().fold(0.0 * known,"),
    ("pairs of 2^bits levels", "device/mod.rs", "(1 << (bits - 1)).max(2)", "(1 << bits).max(2)"),
    ("feedback of DFA in single devices", "count.rs", "FeedbackPath::Direct => 2 * layer.feedback", "FeedbackPath::Direct => layer.feedback"),
    ("backpropagation reads the first layer backwards", "count.rs", "FeedbackPath::Transposed if layer.transposed_reads > 0 =>", "FeedbackPath::Transposed =>"),
    ("no reference column counted", "count.rs", "single_devices: (weights + rows) as u64", "single_devices: weights as u64"),
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

CRATES = {
    "dalenet-hardware": ([["--lib"], []], HARDWARE_BUGS),
    "dalenet-train": ([["--lib"], ["--test", "device"]], DEVICE_BUGS),
}
