"""The program's integers, computed apart from it with NumPy, and the floats of onnxruntime.

Usage: integers.py FOLDER. For each NAME.json (a quantised graph with an input, in integers and floats) and NAME.onnx this prints a line of JSON:
the integers and the floats of the outputs, one after the other. Arithmetic is exact: 64-bit integers, and `>>`, which rounds down.
"""

import json
import sys
from pathlib import Path

import numpy as np


def to_bytes(x):
    return np.clip(x, -128, 127)


def scaled(sums, multiplier, shift, zero):
    half = np.left_shift(np.int64(1), np.asarray(shift, np.int64) - 1)
    return to_bytes(zero + np.right_shift(sums * multiplier + half, shift))


def ints(values):
    return np.asarray(values, np.int64)


def planes(size):
    return size["channels"], size["rows"], size["columns"]


def windows(layer, image, fill):
    """All windows of an image: channels x rows x columns x kernel rows x kernel columns."""
    (top, left, _, _), (kh, kw) = layer["pads"], layer["kernel"]
    (sh, sw), (dh, dw) = layer["strides"], layer["dilations"]
    _, rows, columns = planes(layer["to"])
    channels, height, width = image.shape
    tall = max((rows - 1) * sh + (kh - 1) * dh + 1, top + height)
    wide = max((columns - 1) * sw + (kw - 1) * dw + 1, left + width)
    padded = np.full((channels, tall, wide), fill, np.int64)
    padded[:, top : top + height, left : left + width] = image
    y = np.arange(rows)[:, None] * sh + np.arange(kh)[None, :] * dh
    x = np.arange(columns)[:, None] * sw + np.arange(kw)[None, :] * dw
    return padded[:, y[:, None, :, None], x[None, :, None, :]]


def conv(layer, image):
    channels, _, _ = planes(layer["from"])
    out, _, _ = planes(layer["to"])
    groups = layer["groups"]
    depth = channels // groups
    taps = windows(layer, image.reshape(planes(layer["from"])), layer["zeroIn"])
    weight = ints(layer["weight"]).reshape(out, depth, *layer["kernel"])
    sums = np.empty(planes(layer["to"]), np.int64)
    per_group = out // groups
    for g in range(groups):
        mine = slice(g * per_group, (g + 1) * per_group)
        part = taps[g * depth : (g + 1) * depth]
        sums[mine] = np.einsum("cyxij,mcij->myx", part, weight[mine])
    by_channel = lambda name: ints(layer[name])[:, None, None]
    sums += by_channel("bias")
    return scaled(sums, by_channel("multiplier"), by_channel("shift"), layer["zeroOut"])


def dense(layer, x):
    weight = ints(layer["weight"]).reshape(layer["outputSize"], layer["inputSize"])
    sums = x.reshape(layer["rows"], layer["inputSize"]) @ weight.T + ints(layer["bias"])
    return scaled(sums, ints(layer["multiplier"]), ints(layer["shift"]), layer["zeroOut"])


def largest(layer, image):
    return windows(layer, image.reshape(planes(layer["from"])), -128).max(axis=(3, 4))


def average(layer, image):
    image = image.reshape(planes(layer["from"]))
    sums = windows(layer, image - layer["zeroIn"], 0).sum(axis=(3, 4))
    count = windows(layer, np.ones_like(image), 0).sum(axis=(3, 4))
    return scaled(sums, ints(layer["multipliers"])[count - 1], layer["shift"], layer["zeroOut"])


def binary(layer, a, b):
    """Repeats along axes of stride 0 are NumPy's own broadcasting."""
    def shaped(x, strides, zero):
        sizes = [n if s or n == 1 else 1 for n, s in zip(layer["dims"], strides)]
        return x.reshape(sizes) - zero

    p = shaped(a, layer["strides"][0], layer["zeros"][0])
    q = shaped(b, layer["strides"][1], layer["zeros"][1])
    first, second = layer["multipliers"]
    sums = p * q * first if layer["kind"] == "multiply" else p * first + q * second
    half = 1 << (layer["shift"] - 1)
    return to_bytes(layer["zeroOut"] + np.right_shift(sums + half, layer["shift"]))


def softmax(layer, x):
    x = x.reshape(layer["outer"], layer["count"], layer["inner"])
    power = ints(layer["table"])[x.max(axis=1, keepdims=True) - x]
    total = power.sum(axis=1, keepdims=True)
    return to_bytes((power * 512 + total) // (2 * total) - 128)


def resize(layer, image):
    image = image.reshape(planes(layer["from"]))
    row = [ints([tap[key] for tap in layer["rowTaps"]]) for key in ("first", "second", "weight")]
    column = [ints([tap[key] for tap in layer["columnTaps"]]) for key in ("first", "second", "weight")]
    wide = image[:, :, column[0]] * (2048 - column[2]) + image[:, :, column[1]] * column[2]
    down, up = row[2][None, :, None], (2048 - row[2])[None, :, None]
    return np.right_shift(wide[:, row[0]] * up + wide[:, row[1]] * down + (1 << 21), 22)


def concat(layer, inputs):
    parts = [
        ints(table)[x + 128].reshape(layer["outer"], size)
        for x, size, table in zip(inputs, layer["pieces"], layer["tables"])
    ]
    return np.concatenate(parts, axis=1)


def run(model):
    tensors = {int(k): ints(v) for k, v in model["constants"].items()}
    tensors[model["input"]] = ints(model["integers"])
    for layer in model["layers"]:
        inputs = [tensors[i] for i in layer["inputs"]]
        x = inputs[0]
        kind = layer["kind"]
        if kind == "conv":
            y = conv(layer, x)
        elif kind == "dense":
            y = dense(layer, x)
        elif kind == "max":
            y = largest(layer, x)
        elif kind == "average":
            y = average(layer, x)
        elif kind in ("add", "multiply"):
            y = binary(layer, *inputs)
        elif kind == "map":
            y = ints(layer["table"])[x + 128]
        elif kind == "softmax":
            y = softmax(layer, x)
        elif kind == "resize":
            y = resize(layer, x)
        elif kind == "concat":
            y = concat(layer, inputs)
        else:
            raise ValueError(kind)
        tensors[layer["output"]] = y.reshape(-1)
    return np.concatenate([tensors[i] for i in model["outputs"]])


def main(folder):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    for path in sorted(Path(folder).glob("*.json")):
        model = json.loads(path.read_text())
        session = onnxruntime.InferenceSession(
            str(path.with_suffix(".onnx")), options, providers=["CPUExecutionProvider"]
        )
        given = np.asarray(model["floats"], np.float32).reshape(model["shape"])
        floats = session.run(None, {session.get_inputs()[0].name: given})
        flat = np.concatenate([y.reshape(-1) for y in floats])
        answer = {"name": path.stem, "integers": run(model).tolist(), "floats": [float(v) for v in flat]}
        print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
