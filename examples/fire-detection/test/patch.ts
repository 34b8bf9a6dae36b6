import { type Band, physicalBand, type Scene, type SensorKind } from "../src/scene/scene.ts";

/** What a pixel of a test's scene holds, by band. */
export type Values = Readonly<Record<string, number>>;

/** A square scene that is `ground` all over but for some pixels, given by `column,row`. */
export function patch(
  kind: SensorKind,
  side: number,
  ground: Values,
  pixels: Readonly<Record<string, Partial<Values>>> = {},
  options: Partial<Scene> & { calibration?: Partial<Band> } = {},
): Scene {
  const { calibration, ...rest } = options;
  const bands = Object.entries(ground).map(([name, value]) => {
    const dn = new Float32Array(side * side).fill(value);
    for (const [place, values] of Object.entries(pixels)) {
      const [x = 0, y = 0] = place.split(",").map(Number);
      dn[y * side + x] = values[name] ?? value;
    }
    return [name, { ...physicalBand(dn), ...calibration }] as const;
  });
  return {
    name: "patch",
    kind,
    width: side,
    height: side,
    warnings: [],
    ...rest,
    bands: Object.fromEntries(bands),
  };
}
