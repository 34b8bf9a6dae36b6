// What the aggregation program reads and writes; src/aggregate/wire.ts documents it.

export const INPUT_MAGIC: u32 = 0x4941_4c46; // "FLAI"
export const RESULT_MAGIC: u32 = 0x5241_4c46; // "FLAR"
export const VERSION: u32 = 1;
export const INPUT_HEADER: u32 = 96;
export const RESULT_HEADER: u32 = 32;
export const RECORD: u32 = 24;
/** Distances between all of them fit the memory. */
export const MAX_CLIENTS: u32 = 4096;
/** Sets of updates that minimum-diameter averaging may try. */
export const MAX_SETS: f64 = 1e6;

export enum Rule {
  rows,
  mean,
  weightedMean,
  median,
  trimmedMean,
  aroundMedian,
  aroundReference,
  krum,
  multiKrum,
  minimumDiameter,
  geometricMedian,
  centeredClipping,
  bulyan,
}

// What is done before the rule, in this order.
export const PRE_CLIP: u32 = 1;
export const PRE_ADAPTIVE_CLIP: u32 = 2;
export const PRE_NNM: u32 = 4;

export const FLAG_REFERENCE: u32 = 1;

export enum Status {
  ok,
  malformed,
  option,
  tooFewClients,
  tooManyExcluded,
  nothingLeft,
  weights,
  notConverged,
  overflow,
  duplicateClient,
}

export enum Verdict {
  /** Part of an aggregate that makes no choice among whole updates. */
  counted,
  selected,
  notSelected,
  /** Left out before anything else: it holds NaN or an infinity. */
  notFinite,
}

// @ts-ignore: decorator
@unmanaged
export class Input {
  magic: u32;
  version: u32;
  rule: u32;
  before: u32;
  n: u32;
  d: u32;
  f: u32;
  width: u32;
  variant: u32;
  /** Updates that Multi-Krum averages, or values that a mean around a reference does; 0 for the default. */
  m: u32;
  iterations: u32;
  flags: u32;
  tau: f64;
  nu: f64;
  tolerance: f64;
  clip: f64;
  reserved0: u64;
  reserved1: u64;
}
