import type { Scene, SensorKind } from "../scene/scene.ts";

export const ALGORITHM_NAMES = [
  "hotmap",
  "tai",
  "plain",
  "schroeder",
  "murphy",
  "kumar-roy",
  "vote",
  "viirs",
  "modis",
] as const;
export type AlgorithmName = (typeof ALGORITHM_NAMES)[number];

/** The files in `assembly/` that make one program, besides `tile.ts`. */
export type ProgramName = "hotmap" | "tai" | "plain" | "landsat" | "viirs" | "modis";

/** A number that an algorithm reports of every fire. */
export interface ValueSpec {
  /** As it is called in code and in GeoJSON, its unit included. */
  name: string;
  decimals: number;
  /** Whether −1 stands for "not known": it is then left out. */
  optional?: boolean;
}

/** How one algorithm reads a scene and what it says about it. */
export interface Algorithm {
  name: AlgorithmName;
  /** For titles: `Schroeder et al. 2016`. */
  citation: string;
  sensor: SensorKind;
  program: ProgramName;
  /** The scene's bands in the order in which the program wants them. */
  bands: readonly string[];
  /** How many pixels around a tile decide about those in it. */
  halo: number;
  /** At most so many instructions for every pixel of the haloed tile, and for a pixel of the tile that is looked at closely. */
  steps: { pixel: number; fire: number };
  /** Numbers that the program wants besides the bands. */
  parameters(scene: Scene): readonly number[];
  /** What the program's class of a fire means, in a word. */
  rules: ReadonlyMap<number, string>;
  values: readonly ValueSpec[];
}
