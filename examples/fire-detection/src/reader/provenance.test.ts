import { expect, test } from "vitest";
import { joinProvenance, readProvenance } from "./provenance.ts";

test.each<[string, string | undefined, string | undefined, string | undefined]>([
  ["VNP02IMG.A2023134.1930.002.2023135024513.tif", "2023-05-14", "19:30:00", "Suomi NPP VIIRS"],
  ["VJ103IMG.A2024366.0006.021.tif", "2024-12-31", "00:06:00", "NOAA-20 VIIRS"],
  ["VJ202IMG_A2023001_crop.tif", "2023-01-01", undefined, "NOAA-21 VIIRS"],
  ["MOD021KM.A2023134.1930.061.tif", "2023-05-14", "19:30:00", "Terra MODIS"],
  ["MYD14.A2023134.0005.061.tif", "2023-05-14", "00:05:00", "Aqua MODIS"],
  ["SVI04_npp_d20230514_t1929010_e1930252_b59846.tif", "2023-05-14", "19:29:01", "Suomi NPP VIIRS"],
  ["GITCO_j01_d20230514_t1929010.tif", "2023-05-14", "19:29:01", "NOAA-20 VIIRS"],
  ["noaa20_viirs_I04_20230514_192901.tif", "2023-05-14", "19:29:01", "NOAA-20 VIIRS"],
  ["aqua_modis_20230514_192901_utm.tif", "2023-05-14", "19:29:01", "Aqua MODIS"],
  ["S2A_MSIL1C_20230514T192901_N0509.tif", "2023-05-14", "19:29:01", "Sentinel-2A MSI"],
  ["LC08_L1TP_047022_20230818_20230823_02_T1_B1.TIF", "2023-08-18", undefined, "Landsat 8 OLI"],
  ["burn_2023-05-14T19:29Z.tif", "2023-05-14", "19:29:00", undefined],
  ["20230230_fire_20230301.tif", "2023-03-01", undefined, undefined],
  ["A2023000.tif", undefined, undefined, undefined],
  ["A2023366.tif", undefined, undefined, undefined],
  ["MODEL12_scene.tif", undefined, undefined, undefined],
])("reads %s", (name, acquired, acquiredAt, by) => {
  const { sensor, ...rest } = readProvenance(name, []);
  expect(rest).toMatchObject({ acquired, acquiredAt });
  expect(sensor && `${sensor.satellite} ${sensor.instrument}`).toBe(by);
});

test("reads what HDF's and netCDF's metadata have become in a GeoTIFF", () => {
  const hdf = new Map([
    ["RANGEBEGINNINGDATE", "2023-05-14"],
    ["RANGEBEGINNINGTIME", "19:30:00.000000"],
    ["ASSOCIATEDPLATFORMSHORTNAME.1", "Terra"],
    ["ASSOCIATEDINSTRUMENTSHORTNAME.1", "MODIS"],
  ]);
  expect(readProvenance("scene.tif", [], hdf)).toEqual({
    acquired: "2023-05-14",
    acquiredAt: "19:30:00",
    kind: "modis",
    sensor: { satellite: "Terra", instrument: "MODIS" },
  });
  const netcdf = new Map([
    ["NC_GLOBAL#TIME_COVERAGE_START", "2023-05-14T19:30:00.000Z"],
    ["NC_GLOBAL#PLATFORM", "Suomi-NPP"],
    ["NC_GLOBAL#INSTRUMENT", "VIIRS"],
  ]);
  expect(readProvenance("scene.tif", [], netcdf)).toEqual({
    acquired: "2023-05-14",
    acquiredAt: "19:30:00",
    kind: "viirs",
    sensor: { satellite: "Suomi NPP", instrument: "VIIRS" },
  });
});

test.each([
  ["N", "Suomi NPP"],
  ["N20", "NOAA-20"],
  ["1", "NOAA-20"],
  ["N21", "NOAA-21"],
])("knows FIRMS's code %s", (code, satellite) => {
  const items = new Map([
    ["SATELLITE", code],
    ["INSTRUMENT", "VIIRS"],
  ]);
  expect(readProvenance("x.tif", [], items).sensor).toEqual({ satellite, instrument: "VIIRS" });
});

test("does not take every instrument of Terra for MODIS", () => {
  const items = new Map([
    ["PLATFORM", "Terra"],
    ["INSTRUMENT", "ASTER"],
  ]);
  expect(readProvenance("x.tif", [], items).sensor).toBeUndefined();
});

test("lets several files tell of one scene", () => {
  const nothing = readProvenance("t4.tif", []);
  const something = readProvenance("MOD021KM.A2023134.1930.061.tif", []);
  expect(joinProvenance(nothing, something)).toEqual(something);
  expect(joinProvenance(something, nothing)).toEqual(something);
});
