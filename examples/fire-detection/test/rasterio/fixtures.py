"""Writes the fixed files of ../fixtures/geotiff and what GDAL reads from them, for machines without Python.

    python3 fixtures.py ../fixtures/geotiff
"""
import json
import sys
import warnings

import numpy as np
import rasterio
from rasterio.transform import from_origin

import tiff

warnings.filterwarnings("ignore")
PLACE = dict(driver="GTiff", width=8, height=5, crs="EPSG:32610", transform=from_origin(500000, 6400000, 20, 20))
random = np.random.default_rng(1)


def numbers(dtype, bits=None, bands=3):
    shape = (bands, 5, 8)
    if dtype.startswith("float"):
        return random.normal(0, 9, shape).astype("float16").astype(dtype)
    high = 2 ** min(bits or 24, np.iinfo(dtype).bits, 24) - 1
    return random.integers(0, min(high, np.iinfo(dtype).max), shape, endpoint=True).astype(dtype)


def write(path, values, mask=None, **options):
    with rasterio.open(path, "w", count=len(values), dtype=values.dtype, **PLACE, **options) as file:
        file.write(values)
        if mask is not None:
            file.write_mask(mask)


def main(folder):
    def at(name):
        return f"{folder}/{name}.tif"

    for dtype, interleave, compress in [
        ("uint8", "pixel", "lzw"), ("uint16", "pixel", "deflate"), ("uint16", "band", "lzw"), ("int32", "pixel", "zstd"),
        ("float64", "band", "deflate"),
    ]:
        write(at(f"big-endian-predictor-2-{dtype}-{interleave}"), numbers(dtype), endianness="big", predictor=2,
              interleave=interleave, compress=compress)
    for order, dtype, nbits in [("big", "float32", 16), ("little", "float32", 24), ("big", "float32", None), ("big", "float64", None)]:
        extra = {} if nbits is None else dict(nbits=nbits)
        write(at(f"{order}-endian-predictor-3-float{nbits or dtype[5:]}"), numbers(dtype), endianness=order, predictor=3,
              compress="deflate", **extra)
    for bits in (1, 4, 9, 11, 12, 13, 15, 24):
        dtype = "uint8" if bits < 8 else "uint16" if bits < 16 else "uint32"
        write(at(f"stack-of-{bits}-bits"), numbers(dtype, bits), nbits=bits, compress="deflate" if bits > 8 else "none")
    write(at("lerc-uint8"), numbers("uint8"), compress="lerc")
    gaps = numbers("float32")
    gaps[0, 2, 3] = gaps[1, 4, 4] = np.nan
    write(at("lerc-float32-with-gaps"), gaps, compress="lerc_zstd")

    mask = np.full((5, 8), 255, "uint8")
    mask[1:3, 2:6] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        write(at("mask-inside"), numbers("uint16"), mask=mask, compress="deflate")
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False):
        write(at("mask-beside"), numbers("uint16"), mask=mask)
    values = np.array([0, 1, 2, 5, 9, 255, 3, 4] * 5).reshape(5, 8)
    stack = np.stack([values, values.T.reshape(5, 8), values, values])
    tiff.write(at("transparency"), stack.astype("uint16"), t338=[0, 0, 2])
    tiff.write(at("no-transparency-in-five"), np.concatenate([stack, stack[:1]]).astype("uint16"), t338=[0, 0, 0, 2])
    lists = '<GDALMetadata><Item name="NODATA_VALUES">0 5 0</Item></GDALMetadata>'
    tiff.write(at("list-of-nodata"), stack[:3].astype("uint8"), t42112=lists)
    tiff.write(at("nodata-with-comma"), (stack[:2] / 2).astype("float32"), t42113="1,5")
    tiff.write(at("nodata-out-of-range"), stack[:2].astype("uint8"), t42113="-9999")
    tiff.write(at("nodata-nan"), np.where(values == 5, np.nan, values)[None].astype("float32"), t42113="nan")
    lowest = np.where(values == 5, np.finfo("float32").min, values)[None].astype("float32")
    tiff.write(at("nodata-lowest"), lowest, t42113="-3.39999999999999996e+38")
    roles = ('<GDALMetadata><Item name="SCALE" sample="0">7</Item><Item name="gain" sample="1" role="scale">5e-1</Item>'
             '<Item name="bias" sample="1" role="offset">-0,25</Item></GDALMetadata>')
    tiff.write(at("roles"), stack[:2].astype("uint8"), t42112=roles)
    words = '<GDALMetadata><Item name="x" sample="0" role="scale">one</Item></GDALMetadata>'
    tiff.write(at("words"), stack[:1].astype("uint8"), t42112=words, t42113="none")
    with open(f"{at('words')}.aux.xml", "w") as file:
        file.write("<PAMDataset><Band")
    tiff.write(at("nodata-beside"), stack[:2].astype("uint8"), t42113="1")
    with open(f"{at('nodata-beside')}.aux.xml", "w") as file:
        file.write('<PAMDataset><PAMRasterBand band="1"><NoDataValue>2</NoDataValue></PAMRasterBand></PAMDataset>')


def expected(folder):
    from pathlib import Path
    found = {}
    for path in sorted(Path(folder).glob("*.tif")):
        with rasterio.open(path) as file:
            read, valid = file.read(), file.read_masks() != 0
        found[path.stem] = [
            [float(np.float32(v)) if ok and np.isfinite(v) else None for v, ok in zip(band.ravel(), oks.ravel())]
            for band, oks in zip(read, valid)
        ]
    Path(folder, "expected.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
    expected(sys.argv[1])
