"""Writes crates/dalenet-data/tests/fixtures/numpy: small .npz files in every form in which NumPy
reads arrays, and expected.json, what NumPy makes of them.

    python scripts/npz_fixtures.py        # needs numpy; made with NumPy 2.4.6
"""

import io
import json
import struct
import zipfile
from pathlib import Path

import numpy as np

folder = Path(__file__).parent.parent / "crates/dalenet-data/tests/fixtures/numpy"
folder.mkdir(exist_ok=True)
expected = {}

# Six examples of 2x3x2 values to train on and three to test on, of three classes.
x_train = (np.arange(72) * 37 % 101).reshape(6, 2, 3, 2)
x_test = x_train[[1, 3, 5]]
y_train = np.array([0, 2, 1, 0, 1, 2])
y_test = np.array([2, 0, 2])
labels = dict(y_train=y_train, y_test=y_test)


def npy(array, version=None, header=None):
    """The bytes of an .npy file, perhaps with a header of one's own."""
    out = io.BytesIO()
    if header is None:
        np.lib.format.write_array(out, array, version=version)
    else:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin1"))
        out.write(array.tobytes())
    return out.getvalue()


def write(name, compression=zipfile.ZIP_STORED, **files):
    with zipfile.ZipFile(folder / f"{name}.npz", "w", compression) as archive:
        for array, content in files.items():
            # With a ZipInfo the same bytes are written at any time of day.
            info = zipfile.ZipInfo(f"{array}.npy")
            info.compress_type = compression
            archive.writestr(info, content if isinstance(content, bytes) else npy(content))


def as_read(values):
    """As Dalenet reads examples: bytes are value/255, everything else is as it is."""
    scaled = values / np.float32(255) if values.dtype == np.uint8 else values
    return scaled.astype(np.float32).ravel().tolist()


def case(name, train=("x_train", "y_train"), test=("x_test", "y_test"), **files):
    """A file, and what numpy.load and numpy.unique make of it."""
    write(name, **files)
    loaded = np.load(folder / f"{name}.npz")

    def flat(labels):
        one_hot = labels.ndim == 2 and min(labels.shape) > 1
        labels = labels.argmax(1) if one_hot else labels.ravel()
        return np.char.decode(labels, "utf8") if labels.dtype.kind == "S" else labels

    y = {split: flat(loaded[names[1]]) for split, names in [("train", train), ("test", test)]}
    classes, train_labels = np.unique(y["train"], return_inverse=True)
    expected[name] = {
        "classes": [str(c if c.dtype.kind == "U" else int(c)) for c in classes],
        "train_labels": train_labels.tolist(),
        "test_labels": np.searchsorted(classes, y["test"]).tolist(),
        "train": as_read(loaded[train[0]]),
        "test": as_read(loaded[test[0]]),
    }


# Every type of number, in both byte orders and both index orders.
types = "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8".split()
for dtype in [order + t for t in types for order in "<>"] + ["|b1"]:
    name = np.dtype(dtype).name + ("_big" if dtype[0] == ">" else "")
    x = {k: (v % 2 if dtype == "|b1" else v).astype(dtype) for k, v in
         [("x_train", x_train), ("x_test", x_test)]}
    y = {k: v.astype(np.int64 if dtype == "|b1" else dtype) for k, v in labels.items()}
    case(f"type_{name}", **x, **y)
    case(f"fortran_{name}", **{k: np.asfortranarray(v) for k, v in x.items()}, **labels)

# Headers: versions, Python 2, blanks, quotes, commas.
f4 = dict(x_train=x_train.astype("<f4"), x_test=x_test.astype("<f4"))
whole = {**f4, **{k: v.astype("<i8") for k, v in labels.items()}}
for version in [(1, 0), (2, 0), (3, 0)]:
    case(f"version_{version[0]}", **{k: npy(v, version) for k, v in whole.items()})
formats = {
    "python2": "{{'descr': '{d}', 'fortran_order': False, 'shape': ({l}), }}\n",
    "python2_blanks": "{{'descr': '{d}', 'fortran_order': False, 'shape': ( {l} ) }}\n",
    "blanks": "{{ 'descr' : '{d}' ,\t'fortran_order' : False , 'shape' : ( {s} ) }}   \n",
    "no_blanks": "{{'descr':'{d}','fortran_order':False,'shape':({s})}}",
    "double_quotes": '{{"descr": "{d}", "fortran_order": False, "shape": ({s}), }}\n',
    "order_of_keys": "{{'shape': ({s}), 'fortran_order': False, 'descr': '{d}'}}\n",
    "lines": "{{'descr': '{d}',\n 'fortran_order': False,\n 'shape': ({s}),\n}}\n",
    "name_of_type": "{{'descr': '{n}', 'fortran_order': False, 'shape': ({s}), }}\n",
}
for name, form in formats.items():
    def header(array):
        sides = "".join(f"{n}, " for n in array.shape)
        longs = "".join(f"{n}L, " for n in array.shape)
        return form.format(d=array.dtype.str, n=array.dtype.name, s=sides, l=longs)
    case(f"header_{name}", **{k: npy(v, header=header(v)) for k, v in whole.items()})
case("compressed", compression=zipfile.ZIP_DEFLATED, **whole)

# Labels.
names = np.array(["zèbre", "ape", "Bear"])
for name, convert in {
    "column": lambda y: y.reshape(-1, 1),
    "row": lambda y: y.reshape(1, -1),
    "whole_floats": lambda y: y.astype("f4"),
    "bool": lambda y: y > 0,
    "gaps": lambda y: np.array([1, 2, 65535])[y],
    "negative": lambda y: np.array([-1, 0, 1])[y],
    "ids": lambda y: np.array([2**63 + 1, 2**63, 2**64 - 1], np.uint64)[y],
    "text": lambda y: names[y],
    "big_endian_text": lambda y: names.astype(">U9")[y],
    "bytes": lambda y: np.char.encode(names, "utf8")[y],
    "one_hot": lambda y: np.eye(3)[y],
    "one_hot_bytes": lambda y: np.eye(3, dtype=np.uint8)[y],
    "one_hot_bool": lambda y: np.eye(3, dtype=bool)[y],
    "one_hot_fortran": lambda y: np.asfortranarray(np.eye(3, dtype=np.float32)[y]),
}.items():
    case(f"labels_{name}", **f4, **{k: convert(v) for k, v in labels.items()})

# Names of arrays.
case("names_x_y", train=("x", "y"), x=f4["x_train"], y=y_train, x_test=f4["x_test"], y_test=y_test)
case("names_upper_case", train=("X_train", "Y_train"), test=("X_test", "Y_test"),
     **{k.capitalize(): v for k, v in whole.items()})
x, y = f4["x_train"], y_train
case("names_medmnist", train=("train_images", "train_labels"), test=("test_images", "test_labels"),
     train_images=x, train_labels=y.reshape(-1, 1), val_images=x[:4], val_labels=y[:4].reshape(-1, 1),
     test_images=f4["x_test"], test_labels=y_test.reshape(-1, 1))

# What is refused.
write("refused_regression", **f4, y_train=y_train + 0.25, y_test=y_test)
n = 300
write("refused_regression_whole", x=np.zeros((n, 2), "f4"), y=np.arange(n) ** 2)
write("refused_many_labels", **f4, y_train=np.ones((6, 3)), y_test=y_test)
write("refused_soft_labels", **f4, y_train=np.full((6, 2), 0.5), y_test=y_test)
write("refused_no_label", **f4, y_train=np.zeros((6, 2), int), y_test=y_test)
write("refused_one_class", **f4, y_train=np.full(6, 5), y_test=np.full(3, 5))
write("refused_one_name", **f4, y_train=np.full(6, "cat"), y_test=np.full(3, "cat"))
write("refused_records", **f4, y_test=y_test,
      y_train=np.zeros(6, dtype=[("id", "<i4"), ("class", "<i4")]))
write("refused_dates", **f4, y_train=np.zeros(6, "M8[s]"), y_test=y_test)
write("refused_new_class", x=f4["x_train"], y=y_train, x_test=f4["x_test"], y_test=np.array([2, 7, 0]))
write("refused_complex", **{**f4, "x_train": x.astype("c8")}, **labels)
objects = io.BytesIO()
np.lib.format.write_array(objects, np.array(["a", None] * 3, dtype=object), allow_pickle=True)
write("refused_objects", **f4, y_train=objects.getvalue(), y_test=y_test)

# What is noticed.
write("note_unused", **whole, x_mean=x.mean(0), info=np.array("who"))
write("note_absent", **{**whole, "y_test": np.array([2, 2, 2])})
generator = np.random.default_rng(0)
pixels = generator.integers(0, 256, (9, 3, 8, 8), dtype=np.uint8)
pixels.flat[:2] = 0, 255
write("note_channels_first", x_train=pixels[:6], x_test=pixels[6:], **labels)
last = np.moveaxis(pixels, 1, -1).astype("f4")
write("note_unscaled", x_train=last[:6], x_test=last[6:], **labels)
write("note_scales", x_train=last[:6] / 255, x_test=last[6:], **labels)
write("note_binary", x_train=(pixels[:6, 0] > 99).astype("u1"), x_test=pixels[6:, 0], **labels)

lines = [f"{json.dumps(name)}: {json.dumps(what, ensure_ascii=False)}" for name, what in expected.items()]
(folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
