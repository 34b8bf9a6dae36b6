import type { Algorithm } from "../algorithms/algorithm.ts";
import { attribution } from "../scene/attribution.ts";
import { type Georeference, pixelCentre } from "../scene/georeference.ts";
import { outlineOf } from "../scene/outline.ts";
import type { Scene } from "../scene/scene.ts";
import type { Detection, Detections } from "../tiles/detection.ts";
import { escapeMarkup } from "./markup/escapeMarkup.ts";

/**
 * The detections as KML 2.2 for Google Earth and the like: of every fire its pixel's outline and a mark at its middle, with
 * everything that is known of it, and the time of acquisition for the time slider.
 */
export function toKml(
  scene: Scene & { georeference: Georeference },
  { pixels }: Detections,
  algorithm: Pick<Algorithm, "citation" | "values">,
): string {
  const credit = attribution(scene);
  const about = [algorithm.citation, credit].filter((part) => part !== undefined).join(". ");
  const marks = pixels.map((pixel) => toPlacemark(scene, pixel, algorithm)).join("");
  return `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2">
<Document>
<name>${escapeMarkup(`Active fires: ${scene.name}`)}</name>
<description>${escapeMarkup(about)}</description>
<Style id="fire"><IconStyle><color>ff1f78ff</color><scale>0.7</scale></IconStyle><LabelStyle><scale>0</scale></LabelStyle><LineStyle><color>ff1fd2ff</color><width>2</width></LineStyle><PolyStyle><color>661f78ff</color></PolyStyle></Style>
${marks}</Document>
</kml>
`;
}

function toPlacemark(
  scene: Scene & { georeference: Georeference },
  pixel: Detection,
  { values: specs }: Pick<Algorithm, "values">,
): string {
  const { lon, lat } = pixelCentre(scene.georeference, pixel);
  const { rings } = outlineOf(scene.georeference, {
    left: pixel.x,
    top: pixel.y,
    width: 1,
    height: 1,
  });
  const polygons = rings.map((ring) => {
    const corners = ring.map(([x, y]) => `${x.toFixed(6)},${y.toFixed(6)}`).join(" ");
    return `<Polygon><outerBoundaryIs><LinearRing><coordinates>${corners}</coordinates></LinearRing></outerBoundaryIs></Polygon>`;
  });
  const data = [
    ["rule", pixel.rule],
    ["column", String(pixel.x)],
    ["row", String(pixel.y)],
    ...specs.map(({ name, decimals }) => [name, pixel.values[name]?.toFixed(decimals)]),
  ]
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) => `<Data name="${name}"><value>${escapeMarkup(value ?? "")}</value></Data>`,
    )
    .join("");
  return `<Placemark><name>Fire at ${lat.toFixed(5)}, ${lon.toFixed(5)}</name>${timeStamp(scene)}<styleUrl>#fire</styleUrl><ExtendedData>${data}</ExtendedData><MultiGeometry><Point><coordinates>${lon.toFixed(6)},${lat.toFixed(6)}</coordinates></Point>${polygons.join("")}</MultiGeometry></Placemark>
`;
}

function timeStamp({ acquired, acquiredAt }: Scene): string {
  if (acquired === undefined) return "";
  const when = acquiredAt === undefined ? acquired : `${acquired}T${acquiredAt}Z`;
  return `<TimeStamp><when>${when}</when></TimeStamp>`;
}
