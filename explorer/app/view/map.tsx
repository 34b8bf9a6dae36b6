import { shownLine } from "../format/text.ts";
import { type GeoShape, readGeoJson } from "./geo.ts";

const WIDTH = 720;
const MOST_HEIGHT = 320;
const MARGIN = 24;

/** GeoJSON as a drawing: no tiles, so nobody else learns what is looked at. Equirectangular about its own middle. */
export function MapView({ json }: { json: unknown }) {
  const shapes = readGeoJson(json);
  const all = shapes.flatMap(({ lines }) => lines.flat());
  if (all.length === 0) return <p class="faint">There is nothing to draw.</p>;
  const [west, east] = rangeOf(all, 0);
  const [south, north] = rangeOf(all, 1);
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const across = Math.max((east - west) * squeeze, 1e-6);
  const up = Math.max(north - south, 1e-6);
  const scale = Math.min((WIDTH - 2 * MARGIN) / across, (MOST_HEIGHT - 2 * MARGIN) / up);
  const height = up * scale + 2 * MARGIN;
  const left = (WIDTH - across * scale) / 2;
  const place = ([x, y]: [number, number]) =>
    [left + (x - west) * squeeze * scale, MARGIN + (north - y) * scale] as const;
  return (
    <figure class="map">
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={`Map of ${shapes.length} shapes`}
      >
        {shapes.map((shape, index) => (
          <ShapeOnMap key={index} shape={shape} place={place} />
        ))}
      </svg>
      <figcaption class="faint number">
        {west.toFixed(3)}° to {east.toFixed(3)}° E, {south.toFixed(3)}° to {north.toFixed(3)}° N
      </figcaption>
    </figure>
  );
}

function ShapeOnMap({
  shape: { kind, lines, name },
  place,
}: {
  shape: GeoShape;
  place: (position: [number, number]) => readonly [number, number];
}) {
  const title = name === undefined ? null : <title>{shownLine(name)}</title>;
  if (kind === "point") {
    return (
      <g>
        {title}
        {lines.flat().map((position, index) => {
          const [x, y] = place(position);
          return <circle key={index} cx={x} cy={y} r="4" />;
        })}
      </g>
    );
  }
  const path = lines
    .map((line) => `M${line.map((position) => place(position).map((v) => v.toFixed(1))).join("L")}`)
    .join("");
  return (
    <path class={kind} d={kind === "area" ? `${path}Z` : path} fill-rule="evenodd">
      {title}
    </path>
  );
}

function rangeOf(positions: readonly [number, number][], axis: 0 | 1): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const position of positions) {
    least = Math.min(least, position[axis]);
    most = Math.max(most, position[axis]);
  }
  return [least, most];
}
