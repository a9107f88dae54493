"""What a training leaves in its folder: metrics as JSONL, and a checkpoint of tensors."""

import json
import struct

# Metrics that depend on the machine.
TIMINGS = ("seconds", "samples_per_second")


def records(path):
    """The records of a JSONL file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def metrics(run):
    """What was measured, without what depends on the machine."""
    return [{k: v for k, v in line.items() if k not in TIMINGS} for line in records(run / "metrics.jsonl")]


def checkpoint(run):
    """Metadata, descriptions of tensors and bytes of a checkpoint (safetensors); none before the first."""
    path = run / "checkpoint.safetensors"
    if not path.exists():
        return None
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    return header.pop("__metadata__"), header, content[8 + length :]


def tensors(run):
    """Name → (type, shape, bytes) of a checkpoint."""
    _, header, data = checkpoint(run)
    return {
        name: (about["dtype"], about["shape"], data[slice(*about["data_offsets"])])
        for name, about in header.items()
    }


def progress(run):
    """How far the training of a checkpoint is; none before the first."""
    saved = checkpoint(run)
    return json.loads(saved[0]["progress"]) if saved else None
