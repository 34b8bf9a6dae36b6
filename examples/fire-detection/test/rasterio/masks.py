"""Writes small GeoTIFF files that say in many ways which of their pixels were measured, and beside each what GDAL says.

    python3 masks.py FOLDER

As in matrix.py there is a NAME.f32 for every NAME.tif, NaN where GDAL's masks say that nothing was measured.
"""
import itertools
import sys
import warnings

import numpy as np
import rasterio
from rasterio.transform import from_origin

import tiff

warnings.filterwarnings("ignore")
FLOATS = [0, -0.0, 1, 1.5, -1, 5, 9, 255, -9999, 9999, 0.1, np.nan, np.inf, -np.inf, -3.4028234663852886e38,
          3.4028234663852886e38, -3.4e38, 1e30, 9.999, 70000, -32768, 1e-40, 16777216]
TYPES = {
    "uint8": [0, 1, 2, 5, 9, 128, 254, 255],
    "int8": [0, 1, -1, 5, -128, 127],
    "uint16": [0, 1, 5, 9, 255, 256, 9990, 9999, 65534, 65535],
    "int16": [0, 1, -1, 5, -9999, 9999, -32768, 32767],
    "uint32": [0, 1, 5, 9999, 70000, 16777216],
    "int32": [0, 1, -1, 5, -9999, 70000, -2147483648],
    "float32": FLOATS,
    "float64": FLOATS + [1e300, -9999.0001, -9999.01],
}
NODATA = [
    "0", " 0", "0 ", "-0", "nan", "NaN", "NAN", "-nan", "inf", "Inf", "-inf", "infinity", "1.#QNAN", "-1.#IND", "1.#INF",
    "-1.#INF", "1,5", "1.5", "-9999,-9999", "-9999 -9999", "-9999.", "-9999.0000001", "9999,", "0x9", "1e0", "1d0", "none",
    "", "+5", "5abc", "-3.39999999999999996e+38", "-3.4028235e+38", "3.4028234663852886e+38", "1e300", "70000", "-1", "0.1",
    "0.5", "1.9", "255.0", "256", "\t5", "5.0000000001", "9.99e3", "9,999", "-3.4e38", "null", "-32768", "4294967296", "n/a",
    "65535", ".1", "1e-40", "1.e0", "16777217", "--5", "5 nan", "-128", "-2147483648",
]


def expect(folder, name):
    with rasterio.open(f"{folder}/{name}.tif") as file:
        read = file.read().astype("float64")
        read[file.read_masks() == 0] = np.nan
    with np.errstate(over="ignore"):
        read.astype("<f4").tofile(f"{folder}/{name}.f32")


def metadata(*items):
    return f"<GDALMetadata>{''.join(items)}</GDALMetadata>"


def shifted(dtype, bands, values=None):
    values = TYPES[dtype] if values is None else values
    return np.array([[np.roll(values, k)] for k in range(bands)]).astype(dtype)


def nodata_values(folder):
    for dtype, (i, text) in itertools.product(TYPES, enumerate(NODATA)):
        name = f"nodata-{dtype}-{i}"
        tiff.write(f"{folder}/{name}.tif", shifted(dtype, 1), t42113=text)
        expect(folder, name)


def nodata_lists(folder):
    lists = ["0 0 0", "1 0 5", "0,0,0", "0 0", "nan nan nan", " 0   1  255 ", "0.5 0 0", "-9999 -9999 -9999", "0 0 0 0"]
    for dtype, (i, text) in itertools.product(TYPES, enumerate(lists)):
        same = np.stack([np.array([TYPES[dtype]]).astype(dtype)] * 3)
        for kind, values in (("same", same), ("shifted", shifted(dtype, 3))):
            for nodata in (None, "1"):
                name = f"list-{dtype}-{i}-{kind}-{nodata}"
                item = metadata(f'<Item name="NODATA_VALUES">{text}</Item>')
                tags = {} if nodata is None else {"t42113": nodata}
                tiff.write(f"{folder}/{name}.tif", values, t42112=item, **tags)
                expect(folder, name)


def transparency(folder):
    for bands, dtype, photometric in itertools.product([1, 2, 3, 4, 5], ["uint8", "uint16", "int16", "float32"], [1, 2]):
        if photometric == 2 and bands < 3:
            continue
        extra = bands - (3 if photometric == 2 else 1)
        kinds = [None, [2]] + [[0] * (extra - 1) + [last] for last in (0, 1, 2) if extra > 0]
        for i, kind in enumerate(kinds):
            for nodata in (None, "1", "-9999", "300", "nan"):
                tags = {"t262": [photometric]}
                if kind is not None:
                    tags["t338"] = kind
                if nodata is not None:
                    tags["t42113"] = nodata
                name = f"alpha-{bands}-{dtype}-{photometric}-{i}-{nodata}"
                tiff.write(f"{folder}/{name}.tif", shifted(dtype, bands, [0, 1, 2, 255]), **tags)
                expect(folder, name)
    for i, colour in enumerate(["Alpha", "alpha", "Undefined"]):
        item = metadata(f'<Item name="COLORINTERP" sample="1" role="colorinterp">{colour}</Item>')
        tiff.write(f"{folder}/colour-{i}.tif", shifted("uint8", 2), t42112=item, t338=[2] if i == 2 else [0])
        expect(folder, f"colour-{i}")


def beside(folder):
    parts = [
        '<PAMRasterBand band="1"><NoDataValue>2</NoDataValue></PAMRasterBand>',
        '<PAMRasterBand band="2"><NoDataValue>5</NoDataValue></PAMRasterBand>',
        '<PAMRasterBand band="1"><NoDataValue le_hex_equiv="0000000000000040">1</NoDataValue></PAMRasterBand>',
        '<Metadata><MDI key="NODATA_VALUES">0 255</MDI></Metadata>',
        '<Metadata domain="X"><MDI key="NODATA_VALUES">0 255</MDI></Metadata>',
        '<PAMRasterBand band="2"><ColorInterp>Alpha</ColorInterp></PAMRasterBand>',
        "<PAMRasterBand band=1>", "no XML", "",
    ]
    for (i, part), nodata in itertools.product(enumerate(parts), (None, "1")):
        name = f"beside-{i}-{nodata}"
        tiff.write(f"{folder}/{name}.tif", shifted("uint8", 2), **({} if nodata is None else {"t42113": nodata}))
        with open(f"{folder}/{name}.tif.aux.xml", "w") as file:
            file.write(f"<PAMDataset>{part}</PAMDataset>" if part.startswith("<") else part)
        expect(folder, name)


def masks(folder):
    random = np.random.default_rng(7)
    options = itertools.product([True, False], ["uint8", "uint16", "float32"], [1, 3], [None, 5], ["LITTLE", "BIG"], [False, True])
    for inner, dtype, bands, nodata, order, tiled in options:
        name = f"mask-{'inner' if inner else 'outer'}-{dtype}-{bands}-{nodata}-{order}-{tiled}"
        shape = dict(tiled=True, blockxsize=16, blockysize=16) if tiled else {}
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=inner), rasterio.open(
            f"{folder}/{name}.tif", "w", driver="GTiff", width=35, height=21, count=bands, dtype=dtype, nodata=nodata,
            crs="EPSG:32610", transform=from_origin(500000, 6400000, 20, 20), endianness=order, compress="DEFLATE", **shape,
        ) as file:
            file.write(random.integers(0, 9, (bands, 21, 35)).astype(dtype))
            file.write_mask(random.integers(0, 2, (21, 35)).astype("uint8") * 255)
        expect(folder, name)


def sparse(folder):
    for nodata, tiled in itertools.product([None, 7], [False, True]):
        name = f"sparse-{nodata}-{tiled}"
        shape = dict(tiled=True, blockxsize=16, blockysize=16) if tiled else dict(blockysize=4)
        with rasterio.open(
            f"{folder}/{name}.tif", "w", driver="GTiff", width=40, height=40, count=2, dtype="uint16", nodata=nodata,
            crs="EPSG:32610", transform=from_origin(500000, 6400000, 20, 20), SPARSE_OK=True, **shape,
        ) as file:
            file.write(np.full((1, 8, 8), 3, "uint16"), indexes=[1], window=rasterio.windows.Window(0, 0, 8, 8))
        expect(folder, name)


if __name__ == "__main__":
    for part in (nodata_values, nodata_lists, transparency, beside, masks, sparse):
        part(sys.argv[1])
