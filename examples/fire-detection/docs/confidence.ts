import { inProcessRunner } from "@assay/runners";
import { runOnRunner } from "../../shared/src/runners/runCollected.ts";
import { table } from "../src/accuracy/markdown.ts";
import { type Confidence, mergeScores, type Score, scoreOf } from "../src/accuracy/trial.ts";
import { compileDetector } from "../src/algorithms/compile.ts";
import { LEARNED } from "../src/algorithms/sentinel2.ts";
import { prepareFireJob } from "../src/job/job.ts";
import { makeScene } from "../src/synthetic/syntheticScene.ts";

/** How much burns in a scene: fronts of wildfires, and single fires. The first is what the detector was calibrated on. */
const DENSITIES = [
  { fronts: 3, single: 220 },
  { fronts: 1, single: 30 },
  { fronts: 0, single: 3 },
  { fronts: 0, single: 0 },
] as const;
/** Of no other set of scenes. */
const SEEDS = { first: 301, count: 20 };
const SIDE = 400;

/** What the learned detector's confidence is worth where more or less burns. */
export interface ConfidenceFigures {
  fronts: number;
  single: number;
  scenes: number;
  /** By tens of percent, as in {@link Score}. */
  confidences: readonly Confidence[];
}

/** The same numbers on every machine; a minute. */
export async function measureConfidence(scenes = SEEDS.count): Promise<ConfidenceFigures[]> {
  const runner = inProcessRunner();
  const program = await compileDetector(LEARNED.program);
  const figures: ConfidenceFigures[] = [];
  for (const { fronts, single } of DENSITIES) {
    const scores: Score[] = [];
    for (let seed = SEEDS.first; seed < SEEDS.first + scenes; seed++) {
      const size = { width: SIDE, height: SIDE, fires: fronts };
      const scene = makeScene({ seed, ...size, trial: { single } });
      const job = await prepareFireJob(scene, { algorithm: LEARNED, tile: SIDE / 2, program });
      scores.push(scoreOf(scene, await runOnRunner(job, { runner })));
    }
    const { confidences } = mergeScores(scores);
    figures.push({ fronts, single, scenes, confidences });
  }
  await runner.close();
  return figures;
}

/** What the README says of it. */
export function confidenceMarkdown(figures: readonly ConfidenceFigures[]): string {
  const rows = figures.map(({ fronts, single, scenes, confidences }) => {
    const all = sumOf(confidences);
    const sure = sumOf(confidences.slice(9));
    const shares = [
      mean(all),
      share(all),
      sure.found === 0 ? "–" : share(sure),
      ((all.found - all.burning) / scenes).toFixed(1),
    ];
    return [
      `${fronts} ${fronts === 1 ? "front" : "fronts"}, ${single} single fires`,
      all.found.toLocaleString("en-US"),
      ...shares,
    ];
  });
  const header = [
    "a scene of 8 × 8 km has",
    "found pixels",
    "mean confidence",
    "of them burn",
    "of those at 90 % or more",
    "false alarms a scene",
  ];
  return table(header, rows);
}

const sumOf = (parts: readonly Confidence[]): Confidence =>
  parts.reduce(
    (sum, { found, burning, percent }) => ({
      found: sum.found + found,
      burning: sum.burning + burning,
      percent: sum.percent + percent,
    }),
    { found: 0, burning: 0, percent: 0 },
  );
const share = ({ found, burning }: Confidence) => `${((100 * burning) / found).toFixed(1)} %`;
const mean = ({ found, percent }: Confidence) => `${(percent / found).toFixed(1)} %`;
