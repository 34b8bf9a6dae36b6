import { ALGORITHM_NAMES, type AlgorithmName } from "../algorithms/algorithm.ts";
import { ALGORITHMS } from "../algorithms/algorithms.ts";
import { SENSORS } from "../sensors/sensors.ts";
import { type Scores, totals } from "./measure.ts";
import {
  AREAS_M2,
  CAUSES,
  CONFIDENCE_STEP,
  KELVINS,
  type Score,
  summarise,
  summariseCell,
} from "./trial.ts";

/** Fires that a pixel of 30 m ought to show. */
export const CLEAR_FIRES = { minAreaM2: 50, minKelvin: 800 } as const;

/** Pixels found in the real scene of the tests, at DN / 10000; `test/realScene.test.ts` holds them. */
export const REAL_PIXELS = { hotmap: 46, learned: 96, besideHotmap: 45 } as const;

/** The numbers of a trial as a page of Markdown tables. */
export function toMarkdown(scores: Scores): string {
  const scenes = scores.hotmap.length;
  const all = totals(scores);
  const parts = [
    `# How well each algorithm does

Made by \`npm run example:fire -- --accuracy ${scenes}\`, on ${scenes} synthetic scenes a sensor (seeds 1 to ${scenes}); the numbers are the same on every
machine, and a test holds them. [README](../README.md#how-good-is-it) says what the scenes model and what they leave out.

## All fires, and those of at least 50 m² at 800 K or more

Precision is the share of the found pixels that burn, as on the console. "Beside a fire" counts the false alarms in pixels that touch
a burning one, whose light the optics spread over its neighbours; "F1 apart" leaves them out, so that they count neither way. Of fires of at
least 50 m² at 800 K, it sets the false alarms of all fires against these alone.

${overview(all)}

## Which fires are found

F1 apart, and recall in brackets, by size and temperature. Each class bears its share of the false alarms that do not lie beside a fire.
`,
    ...ALGORITHM_NAMES.map((name) => matrix(name, all[name])),
    `## What is mistaken for fire

Pixels in ${scenes} scenes, by what they are.

${causes(all)}

## What the learned detector's confidence means

Found pixels of ${scenes} scenes by \`confidence_percent\`, which is meant to be the share of them that burn.

${confidences(all.learned)}

It was calibrated on scenes that are made as these are. On others it ranks pixels, and is no probability: nothing says that one pixel in ten of a
real scene's 90 % is no fire. Where less burns than here, less of what is found does: the [README](../README.md#the-learned-detector) has by how much.

## Where the learned detector is wrong

![Its surest false alarms by their cause, and the brightest fires that it misses](failures.png)

- **Beside a fire** are nearly all of its false alarms: a pixel that gets the light of several neighbours, or of one that is saturated, whose true
  light nobody knows.
- **Fires alone that it misses** lie beneath cloud, or are so cool that they differ from their ground by less than it does from itself.
- **It has learned this world, not ours.** Its scenes have one sun, one spread of light, eleven spectra of ground and flames of one temperature each. On the real
  scene of the tests, which it never saw, it finds ${REAL_PIXELS.learned} pixels: all ${REAL_PIXELS.hotmap} of HOTMAP's, ${REAL_PIXELS.besideHotmap} that touch one of these, and ${REAL_PIXELS.learned - REAL_PIXELS.hotmap - REAL_PIXELS.besideHotmap} elsewhere. Whether they burn
  nobody knows: light is spread wider there than in the scenes that it learned from, and the near-infrared is band 9, of 60 m.

## Why some fires are not found

${REASONS}`,
  ];
  return `${parts.join("\n")}\n`;
}

function overview(all: Readonly<Record<AlgorithmName, Score>>): string {
  const rows = ALGORITHM_NAMES.map((name) => {
    const score = all[name];
    const every = summarise(score);
    const apart = summarise(score, { spill: false });
    const clear = summarise(score, { ...CLEAR_FIRES, spill: false });
    const alarms = CAUSES.reduce((sum, cause) => sum + score.causes[cause], 0);
    return [
      name,
      SENSORS[ALGORITHMS[name].sensor].title,
      ...[every.fires, every.precision, every.recall, every.f1, apart.f1].map(format),
      ...[alarms, score.causes.spill].map((count) => count.toLocaleString("en-US")),
      ...[clear.fires, clear.recall, clear.f1].map(format),
    ];
  });
  return table(
    [
      "algorithm",
      "sensor",
      "fires",
      "precision",
      "recall",
      "F1",
      "F1 apart",
      "false alarms",
      "beside a fire",
      "≥ 50 m², ≥ 800 K",
      "recall",
      "F1 apart",
    ],
    rows,
  );
}

/** The table of the README: the columns that say most, padded so that it reads as text. */
export function toReadmeTable(scores: Scores): string {
  const all = totals(scores);
  const rows = ALGORITHM_NAMES.map((name) => {
    const every = summarise(all[name]);
    const clear = summarise(all[name], { ...CLEAR_FIRES, spill: false });
    const alarms = CAUSES.reduce((sum, cause) => sum + all[name].causes[cause], 0);
    return [
      name,
      ...[every.precision, every.recall, every.f1].map(format),
      ...[alarms, all[name].causes.spill].map((count) => count.toLocaleString("en-US")),
      ...[clear.recall, clear.f1].map(format),
    ];
  });
  const header = ["algorithm", "precision", "recall", "F1", "false alarms", "beside a fire"];
  const lines = [[...header, "≥ 50 m², ≥ 800 K: recall", "F1 apart"], ...rows];
  const widths = (lines[0] ?? []).map((_, c) => Math.max(...lines.map((l) => l[c]?.length ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  const [titles = [], ...body] = lines;
  return [titles, rule, ...body]
    .map((cells) => `| ${cells.map((cell, c) => cell.padEnd(widths[c] ?? 0)).join(" | ")} |`)
    .join("\n");
}

function matrix(name: AlgorithmName, score: Score): string {
  const header = KELVINS.slice(1).map((high, k) => `${KELVINS[k]}–${high} K`);
  const rows = AREAS_M2.slice(1).map((high, a) => [
    `${AREAS_M2[a]}–${high} m²`,
    ...header.map((_, k) => {
      const { f1, recall } = summariseCell(score, a, k);
      return `${format(f1)} (${format(recall)})`;
    }),
  ]);
  return `### ${name}: ${ALGORITHMS[name].citation}\n\n${table([SENSORS[ALGORITHMS[name].sensor].title, ...header], rows)}\n`;
}

function causes(all: Readonly<Record<AlgorithmName, Score>>): string {
  const titles: Partial<Record<(typeof CAUSES)[number], string>> = {
    spill: "beside a fire",
    flare: "gas flare",
    ember: "embers",
    town: "roofs",
    scar: "old scar",
  };
  return table(
    ["algorithm", ...CAUSES.map((cause) => titles[cause] ?? cause)],
    ALGORITHM_NAMES.map((name) => [name, ...CAUSES.map((c) => String(all[name].causes[c]))]),
  );
}

function confidences(score: Score): string {
  const rows = score.confidences.flatMap(({ found, burning, percent }, n) => {
    if (found === 0) return [];
    const low = n * CONFIDENCE_STEP;
    const mean = `${(percent / found).toFixed(1)} %`;
    const share = `${((100 * burning) / found).toFixed(1)} %`;
    return [[`${low}–${low + CONFIDENCE_STEP - 1} %`, format(found), mean, share]];
  });
  return table(["confidence", "found pixels", "mean confidence", "of them burn"], rows);
}

/** A table in Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Counts as they are, shares with two decimals. */
function format(value: number): string {
  if (Number.isInteger(value) && value > 1) return value.toLocaleString("en-US");
  return Number.isNaN(value) ? "–" : value.toFixed(2);
}

const REASONS = `- **A cool fire is dark at 2.2 µm.** A square metre gives off 135 times less there at 500 K than at 800 K, and 3,550 times less at 400 K,
  by Planck's law. 250 m² at 400 K add 0.002 to the reflectance of a pixel of 30 m, at 450 K 0.015: less than the texture of the
  ground. Most of what is found there lies beside hotter flames, or is large and close to 600 K.
- **Small fires drown in the ground's own light.** HOTMAP asks for 1.4 times the reflectance at 1.6 µm; over forest, where that is 0.12, it
  takes 3.6 m² at 800 K in a pixel of 30 m and 1.6 m² in one of 20 m, at 600 K 55 m² and 25 m². Over bright ground it takes more.
- **Large hot fires saturate** bands 11 and 12 (6 and 7) alike, and with them goes the ratio that HOTMAP's rule a asks for; its rule b
  brings back those beside an unsaturated one. The plain rule, which knows no saturation, loses nearly all of them.
- **A pixel of 375 m dilutes.** 50 m² are 0.04 % of it. At 800 K they add as much light at 3.7 µm as forest gives off itself, and BT4
  rises from 302 K to 319 K, below VIIRS's threshold of 325 K by day; at 1,000 K it is 336 K. In MODIS's pixel of 1 km the same
  fires are seven times weaker, and all but the largest and hottest are invisible.
- **Clouds** hide what is beneath them. Fires under a cloud that takes 95 % of the light or more are not counted, those under thinner
  ones are.
- **No scene with flames mapped on the ground** was to be had from a package. The lists of PyPI, npm, NuGet, Maven and Go's module proxy were searched for
  active fires, wildfires, hotspots, burned areas, FIRMS, VIIRS and Sentinel-2: what is there downloads detections (\`nasa-wildfires\`, \`firms-sdk\`), looks at
  cameras (\`pyrovision\`), processes products (\`activefires-pp\`) or simulates. Data sets outside of packages mark what an algorithm found (ActiveFire's Landsat patches) or
  what has burnt (wildfires-cems), not what burns.
- **The optics' spread** puts 2 % of a fire's light into each pixel beside it. Of 250 m² at 1,200 K that alone is as bright as a
  fire, so that neighbours are found which do not burn.`;
