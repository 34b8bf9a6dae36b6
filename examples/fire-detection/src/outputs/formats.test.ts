import { describe, expect, test } from "vitest";
import { detect } from "../../test/detect.ts";
import { patch } from "../../test/patch.ts";
import { hotmapReference } from "../../test/reference/hotmap.ts";
import { HOTMAP } from "../algorithms/sentinel2.ts";
import { MODIS, VIIRS } from "../algorithms/thermal.ts";
import { pixelCentre } from "../scene/georeference.ts";
import { withDerivedBands } from "../sensors/derivedBands.ts";
import { inTheGulf, makeScene } from "../synthetic/syntheticScene.ts";
import { toFirmsCsv } from "./firmsCsv.ts";
import { toKml } from "./kml.ts";
import { toStacItem } from "./stac.ts";

const { georeference, ...rest } = makeScene({ seed: 4, width: 200, height: 160, fires: 3 });
if (georeference === undefined) throw new TypeError("a synthetic scene has a place");
const scene = { ...rest, georeference, acquired: "2023-05-14", acquiredAt: "19:29:01" };
const detections = hotmapReference(scene);

/** The rows of a CSV file as objects. */
function rowsOf(csv: string): Record<string, string | undefined>[] {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const names = header.split(",");
  return lines.map((line) => {
    const values = line.split(",");
    expect(values).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, i) => [name, values[i]]));
  });
}

describe("FIRMS's CSV", () => {
  const where = { georeference: inTheGulf(41, 41, 375), acquired: "2024-01-31" };

  test("of VIIRS has both brightnesses and a confidence in words", async () => {
    const day = {
      i1: 0.05,
      i2: 0.25,
      i3: 0.2,
      i4: 300,
      i5: 295,
      qf4: 0,
      qf5: 0,
      sza: 40,
      glint: -1,
      threshold: 325,
      m13: 0.4,
      area: 0.14,
    };
    const burning = {
      ...patch("viirs", 41, day, { "20,20": { i4: 345.678, i5: 300.25, m13: 1.4 } }),
      ...where,
      acquiredAt: "06:05:59",
      sensor: { satellite: "Suomi NPP", instrument: "VIIRS" },
    };
    const csv = toFirmsCsv(burning, await detect(burning, VIIRS, 64), VIIRS);
    expect(csv.split("\n")[0]).toBe(
      "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,daynight",
    );
    expect(rowsOf(csv)).toEqual([
      expect.objectContaining({
        bright_ti4: "345.68",
        bright_ti5: "300.25",
        confidence: "nominal",
        frp: "11.03", // 4 · 0.14 km² · 5.67e-8 / 2.88e-9 · 1 W m⁻² sr⁻¹ µm⁻¹
        scan: "0.375",
        acq_date: "2024-01-31",
        acq_time: "0605",
        daynight: "D",
        satellite: "N",
        instrument: "VIIRS",
        version: "assay-viirs-1",
      }),
    ]);
  });

  test("of MODIS has its own columns, power in MW and a confidence in percent", async () => {
    const night = {
      t4: 290,
      t11: 288,
      r86: Number.NaN,
      sza: 120,
      cloud: 0,
      water: 0,
      area: 2,
    };
    const burning = { ...patch("modis", 41, night, { "20,20": { t4: 340, t11: 300 } }), ...where };
    const found = await detect(burning, MODIS, 64);
    const csv = toFirmsCsv(burning, found, MODIS);
    expect(csv.split("\n")[0]).toBe(
      "latitude,longitude,brightness,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_t31,frp,daynight",
    );
    const [row] = rowsOf(csv);
    expect(row).toMatchObject({ brightness: "340.00", bright_t31: "300.00", daynight: "N" });
    // The night's ramp ends at 320 K.
    expect(row?.confidence).toBe("100");
    // 2 km² of 4.34e-19 (340^8 - 290^8) MW.
    expect(Number(row?.frp)).toBeCloseTo(2 * 4.34e-19 * (340 ** 8 - 290 ** 8), 1);
  });

  test("of MODIS has the size of the pixel that its power is of", async () => {
    const night = {
      t4: 288,
      t11: 287,
      r86: Number.NaN,
      sza: 120,
      cloud: 0,
      water: 0,
      sample: 69,
    };
    const georeference = inTheGulf(41, 41, 1_000);
    const measured = patch("modis", 41, night, { "20,20": { t4: 345, t11: 300 } });
    const scene = { ...withDerivedBands(measured), georeference };
    const [row] = rowsOf(toFirmsCsv(scene, await detect(scene, MODIS, 64), MODIS));
    // Sample 69 of 1,354 lies near the end of a scan: 3.7 by 1.8 km rather than one by one.
    expect(Number(row?.scan)).toBeGreaterThan(3);
    expect(Number(row?.track)).toBeGreaterThan(1.5);
    const area = Number(row?.scan) * Number(row?.track);
    expect(Number(row?.frp) / (4.34e-19 * (345 ** 8 - 288 ** 8) * area)).toBeCloseTo(1, 3);
    expect(row).toMatchObject({ instrument: "MODIS", satellite: "" });
  });

  test("keeps its columns whatever a satellite is called", () => {
    const sensor = { satellite: 'A, "B"', instrument: "MSI" };
    const [, line = ""] = toFirmsCsv({ ...scene, sensor }, detections, HOTMAP).split("\n");
    expect(line).toContain(`,1929,"A, ""B""",MSI,`);
  });
});

test("KML has a mark and an outline for every fire, and its time", () => {
  const named = { ...scene, name: "a <b> & c" };
  const kml = toKml(named, detections, HOTMAP);
  expect(kml).toContain("<name>Active fires: a &lt;b&gt; &amp; c</name>");
  expect(kml.match(/<Placemark>/g)).toHaveLength(detections.pixels.length);
  expect(kml.match(/<when>2023-05-14T19:29:01Z<\/when>/g)).toHaveLength(detections.pixels.length);
  const [pixel] = detections.pixels;
  if (pixel === undefined) expect.unreachable("the scene must burn");
  const { lon, lat } = pixelCentre(georeference, pixel);
  expect(kml).toContain(`<Point><coordinates>${lon.toFixed(6)},${lat.toFixed(6)}</coordinates>`);
  const ring = /<LinearRing><coordinates>(.*?)</.exec(kml)?.[1]?.split(" ") ?? [];
  expect(ring).toHaveLength(5);
  expect(ring[4]).toBe(ring[0]);
  expect(ring[0]).not.toBe(ring[2]);
  // Every element that is opened is closed.
  const open = [...kml.matchAll(/<([A-Za-z]+)[ >]/g)].map(([, name]) => name).sort();
  const closed = [...kml.matchAll(/<\/([A-Za-z]+)>/g)].map(([, name]) => name).sort();
  expect(closed).toEqual(open);
});

describe("the STAC item", () => {
  const asset = { href: "a.csv", title: "A", type: "text/csv", roles: ["data"] };
  const item = (of: Parameters<typeof toStacItem>[0]) =>
    JSON.parse(toStacItem(of, detections, { algorithm: HOTMAP, assets: { csv: asset } }));

  test("says where, when and what", () => {
    const { bbox, geometry, properties, assets, ...top } = item(scene);
    expect(top).toMatchObject({ type: "Feature", stac_version: "1.0.0", links: [] });
    expect(top.id).toMatch(/^[A-Za-z0-9._-]+-hotmap$/);
    expect(assets).toEqual({ csv: asset });
    expect(properties).toMatchObject({
      datetime: "2023-05-14T19:29:01Z",
      gsd: 20,
      "proj:epsg": 32631,
      "proj:shape": [160, 200],
      "assay:fire_pixels": detections.pixels.length,
      "proj:transform": [20, 0, georeference.originX, 0, -20, georeference.originY],
    });
    const ring: [number, number][] = geometry.coordinates[0];
    expect(ring).toHaveLength(5);
    expect(ring[4]).toEqual(ring[0]);
    // Against the clock, as RFC 7946 has it.
    const doubleArea = ring
      .slice(1)
      .reduce((sum, [x, y], i) => sum + (ring[i]?.[0] ?? 0) * y - x * (ring[i]?.[1] ?? 0), 0);
    expect(doubleArea).toBeGreaterThan(0);
    for (const pixel of detections.pixels) {
      const { lon, lat } = pixelCentre(georeference, pixel);
      expect(lon > bbox[0] && lon < bbox[2] && lat > bbox[1] && lat < bbox[3]).toBe(true);
    }
  });

  test("spans the day where that is all that is known", () => {
    const { acquiredAt, ...dated } = scene;
    expect(acquiredAt).toBeDefined();
    expect(item(dated).properties).toMatchObject({
      datetime: null,
      start_datetime: "2023-05-14T00:00:00Z",
      end_datetime: "2023-05-14T23:59:59Z",
    });
  });
});
