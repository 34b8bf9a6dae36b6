"""A writer of TIFF files whose every tag can be chosen, for what GDAL itself would not write."""
import struct

import numpy as np

FORMATS = {"u": 1, "i": 2, "f": 3}
SIZES = {2: 1, 3: 2, 4: 4, 12: 8}
CODES = {3: "H", 4: "I", 12: "d"}


def write(path, values, order="<", **tags):
    """values: bands × rows × columns. Further tags by number, as t42113="0" or t338=[2]."""
    bands, height, width = values.shape
    data = values.transpose(1, 2, 0).astype(values.dtype.newbyteorder(order)).tobytes()
    entries = {
        256: (4, [width]), 257: (4, [height]), 258: (3, [values.dtype.itemsize * 8] * bands), 259: (3, [1]),
        262: (3, [1]), 273: (4, [0]), 277: (3, [bands]), 278: (4, [height]), 279: (4, [len(data)]), 284: (3, [1]),
        339: (3, [FORMATS[values.dtype.kind]] * bands),
        33550: (12, [20, 20, 0]), 33922: (12, [0, 0, 0, 500000, 6400000, 0]),
        34735: (3, [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32610]),
    }
    for name, value in tags.items():
        number = int(name[1:])
        if value is None:
            del entries[number]
        else:
            entries[number] = (2, value) if isinstance(value, str) else (entries.get(number, (3, 0))[0], value)

    def encode(kind, value):
        if kind == 2:
            return value.encode() + b"\0"
        return struct.pack(f"{order}{len(value)}{CODES[kind]}", *value)

    start = 8 + 2 + 12 * len(entries) + 4
    long = [encode(*entries[tag]) for tag in sorted(entries)]
    offsets, end = [], start
    for part in long:
        offsets.append(end)
        end += len(part) + len(part) % 2 if len(part) > 4 else 0
    directory, rest = b"", b""
    for tag, part, offset in zip(sorted(entries), long, offsets):
        kind = entries[tag][0]
        if tag == 273:
            part = struct.pack(f"{order}I", end)
        count = len(part) // SIZES[kind]
        if len(part) > 4:
            rest += part + b"\0" * (len(part) % 2)
            part = struct.pack(f"{order}I", offset)
        directory += struct.pack(f"{order}HHI", tag, kind, count) + part.ljust(4, b"\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    with open(path, "wb") as file:
        file.write(head + struct.pack(f"{order}H", len(entries)) + directory + b"\0\0\0\0" + rest + data)
