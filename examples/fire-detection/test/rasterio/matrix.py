"""Writes small GeoTIFF files in as many ways as GDAL can, and beside each what GDAL reads from it.

    python3 matrix.py FOLDER

For every NAME.tif there is NAME.f32: bands × rows × columns of 32-bit floats, NaN where GDAL's masks say that nothing was measured.
What GDAL itself cannot write in a given way is left out.
"""
import itertools
import sys
import warnings

import numpy as np
import rasterio
from rasterio.transform import from_origin

warnings.filterwarnings("ignore")
WIDTH, HEIGHT, BANDS = 37, 29, 3
TYPES = {
    "uint8": ("uint8", None), "int8": ("int8", None), "uint16": ("uint16", None), "int16": ("int16", None),
    "uint32": ("uint32", None), "int32": ("int32", None), "uint64": ("uint64", None), "int64": ("int64", None),
    "float16": ("float32", 16), "float24": ("float32", 24), "float32": ("float32", None), "float64": ("float64", None),
    **{f"uint{bits}": ("uint8", bits) for bits in (1, 4, 7)},
    **{f"uint{bits}": ("uint16", bits) for bits in (9, 11, 12, 15)},
    **{f"uint{bits}": ("uint32", bits) for bits in (17, 24, 31)},
}
COMPRESSIONS = ["NONE", "LZW", "DEFLATE", "PACKBITS", "ZSTD", "LERC", "LERC_DEFLATE", "LERC_ZSTD"]


def numbers(dtype, bits, random):
    shape = (BANDS, HEIGHT, WIDTH)
    if dtype.startswith("float"):
        values = random.normal(0, 1000, shape)
        return values.astype("float16" if bits == 16 else dtype).astype(dtype)
    info = np.iinfo(dtype)
    low, high = info.min, info.max
    if bits is not None:
        low, high = 0, 2**bits - 1
    # What fits 24 bits is the same in 32-bit floats; here and there the extremes.
    values = random.integers(max(low, -(2**23)), min(high, 2**23), shape, endpoint=True)
    values = values.astype(dtype)
    values[:, 3, 5], values[:, 4, 6] = low, high
    return values


def write(folder, name, values, **options):
    path = f"{folder}/{name}.tif"
    place = dict(crs="EPSG:32610", transform=from_origin(500000, 6400000, 20, 20))
    try:
        with rasterio.open(
            path, "w", driver="GTiff", width=values.shape[2], height=values.shape[1], count=values.shape[0],
            dtype=values.dtype, **place, **options,
        ) as file:
            file.write(values)
        with rasterio.open(path) as file:
            read = file.read().astype("float64")
            read[file.read_masks() == 0] = np.nan
    except Exception:
        return
    with np.errstate(over="ignore"):
        read.astype("<f4").tofile(f"{folder}/{name}.f32")


def main(folder):
    random = np.random.default_rng(20230514)
    options = itertools.product(
        ["LITTLE", "BIG"], COMPRESSIONS, [1, 2, 3], ["PIXEL", "BAND"], [False, True], TYPES.items()
    )
    for order, compression, predictor, interleave, tiled, (type_name, (dtype, bits)) in options:
        if predictor > 1 and compression not in ("LZW", "DEFLATE", "ZSTD"):
            continue
        # What does not look at the numbers, or only packs them once more, is tried on some types.
        if compression in ("PACKBITS", "LERC_DEFLATE", "LERC_ZSTD") and type_name not in ("uint8", "uint16", "float32"):
            continue
        if bits not in (None, 16, 24) and (predictor > 1 or compression not in ("NONE", "DEFLATE")):
            continue
        shape = dict(tiled=True, blockxsize=16, blockysize=16) if tiled else dict(blockysize=7)
        extra = {} if bits is None else dict(nbits=bits)
        name = f"{type_name}-{order}-{compression}-{predictor}-{interleave}-{'tiles' if tiled else 'strips'}"
        write(
            folder, name, numbers(dtype, bits, random), endianness=order, compress=compression,
            predictor=predictor, interleave=interleave, **shape, **extra,
        )


if __name__ == "__main__":
    main(sys.argv[1])
