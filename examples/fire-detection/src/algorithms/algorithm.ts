import type { Scene, SensorKind } from "../scene/scene.ts";

export const ALGORITHM_NAMES = [
  "hotmap",
  "tai",
  "plain",
  "learned",
  "schroeder",
  "murphy",
  "kumar-roy",
  "vote",
  "viirs",
  "modis",
] as const;
export type AlgorithmName = (typeof ALGORITHM_NAMES)[number];

/** The files in `assembly/` that make one program, besides `tile.ts`. */
export type ProgramName = "hotmap" | "tai" | "plain" | "learned" | "landsat" | "viirs" | "modis";

/** A number that an algorithm reports for every fire. */
export interface ValueSpec {
  /** Its name in code and in GeoJSON, unit included. */
  name: string;
  decimals: number;
  /** Whether −1 means "not known". */
  optional?: boolean;
}

/** A fire detection algorithm: its inputs, and the meaning of its results. */
export interface Algorithm {
  name: AlgorithmName;
  /** For titles: `Schroeder et al. 2016`. */
  citation: string;
  sensor: SensorKind;
  program: ProgramName;
  /** The scene's bands in the order in which the program reads them. */
  bands: readonly string[];
  /** Width in pixels of the border around a tile that the result depends on. */
  halo: number;
  /** Maximum steps for each pixel of the tile with its halo (`pixel`), and for each pixel of the tile that is a candidate (`fire`). */
  steps: { pixel: number; fire: number };
  /** Numbers that the program reads besides the bands. */
  parameters(scene: Scene): readonly number[];
  /** The program's classes of fires, each in a word. */
  rules: ReadonlyMap<number, string>;
  values: readonly ValueSpec[];
}
