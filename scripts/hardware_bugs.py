"""Bugs of `dalenet-hardware`: trained networks on devices."""

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

CRATES = {"dalenet-hardware": ([["--lib"], []], HARDWARE_BUGS)}
