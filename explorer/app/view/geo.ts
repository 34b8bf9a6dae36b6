/** A shape on the map: rings and lines of positions, or points. */
export interface GeoShape {
  kind: "area" | "line" | "point";
  /** Longitude and latitude, degrees. */
  lines: [number, number][][];
  /** What the feature calls itself. */
  name: string | undefined;
}

/** More positions than this are not drawn: the rest is left out. */
const MOST_POSITIONS = 50_000;
/** Deeper than any collection that means something. */
const MOST_DEPTH = 8;

/** Reads GeoJSON (RFC 7946); what is not well-formed is left out. */
export function readGeoJson(value: unknown): GeoShape[] {
  const shapes: GeoShape[] = [];
  let left = MOST_POSITIONS;

  function positions(list: unknown): [number, number][] {
    if (!Array.isArray(list)) return [];
    const read: [number, number][] = [];
    for (const one of list) {
      if (left-- <= 0) break;
      const [x, y] = Array.isArray(one) ? one : [];
      if (Number.isFinite(x) && Number.isFinite(y) && Math.abs(x) <= 360 && Math.abs(y) <= 90) {
        read.push([x, y]);
      }
    }
    return read;
  }

  function visit(node: unknown, name: string | undefined, depth: number): void {
    if (depth > MOST_DEPTH || left <= 0) return;
    const { type, coordinates, features, geometry, geometries, properties } = Object(
      node,
    ) as Record<string, unknown>;
    const list = (values: unknown) => (Array.isArray(values) ? values : []);
    const add = (kind: GeoShape["kind"], lines: [number, number][][]) => {
      const drawn = lines.filter(({ length }) => length > 0);
      if (drawn.length > 0) shapes.push({ kind, lines: drawn, name });
    };
    switch (type) {
      case "FeatureCollection":
        for (const one of list(features)) visit(one, name, depth + 1);
        return;
      case "Feature":
        visit(geometry, nameOf(properties), depth + 1);
        return;
      case "GeometryCollection":
        for (const one of list(geometries)) visit(one, name, depth + 1);
        return;
      case "Point":
        add("point", [positions([coordinates])]);
        return;
      case "MultiPoint":
        add("point", [positions(coordinates)]);
        return;
      case "LineString":
        add("line", [positions(coordinates)]);
        return;
      case "MultiLineString":
        add("line", list(coordinates).map(positions));
        return;
      case "Polygon":
        add("area", list(coordinates).map(positions));
        return;
      case "MultiPolygon":
        for (const rings of list(coordinates)) add("area", list(rings).map(positions));
    }
  }
  visit(value, undefined, 0);
  return shapes;
}

function nameOf(properties: unknown): string | undefined {
  const { name, title, id } = Object(properties) as Record<string, unknown>;
  const found = [name, title, id].find((one) => typeof one === "string" || typeof one === "number");
  return found === undefined ? undefined : String(found);
}
