import { everyOperator } from "./everyOperator.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { randomGraph } from "./randomGraphs.ts";

/** Random graphs whose answers are committed. */
export const GRAPHS = 50;

export const randomCase = (seed: number): Prepared =>
  prepare(`random-${seed}`, seed + 1_000, randomGraph(seed));

export const operatorCase = (): Prepared => prepare("operators", 1, everyOperator());
