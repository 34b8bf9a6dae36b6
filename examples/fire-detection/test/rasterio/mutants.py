"""Reads every .tif of a folder that GDAL reads; a .f32 beside it has the pixels."""
import sys
import warnings
from pathlib import Path

import rasterio

from masks import expect

warnings.filterwarnings("ignore")

if __name__ == "__main__":
    folder = sys.argv[1]
    for path in Path(folder).glob("*.tif"):
        try:
            expect(folder, path.stem)
        except (rasterio.errors.RasterioError, ValueError):
            pass
