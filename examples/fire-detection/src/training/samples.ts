import type { SyntheticScene } from "../synthetic/syntheticScene.ts";
import { candidatesOf, type FeaturePlanes, featuresOf } from "./features.ts";

/** What can be learned from a scene. */
export interface Samples {
  features: FeaturePlanes;
  /** Pixels of the scene that the network looks at. */
  candidates: Int32Array;
  /** 1 for each candidate that burns. */
  burns: Uint8Array;
  /** Pixels of the scene that burn, whether they are candidates or not. */
  fires: number;
}

export function samplesOf(scene: SyntheticScene): Samples {
  const features = featuresOf(scene);
  const candidates = candidatesOf(features);
  const truth = new Set(scene.truth.map(({ x, y }) => y * scene.width + x));
  const burns = Uint8Array.from(candidates, (i) => (truth.has(i) ? 1 : 0));
  return { features, candidates, burns, fires: truth.size };
}
