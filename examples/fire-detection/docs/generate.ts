// `node examples/fire-detection/docs/generate.ts [BLOCK …]`: runs the commands whose figures and picture the README shows, and writes them there.
// Tests hold the README to the figures, and these and the picture to new runs.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { writeBlock } from "../../shared/src/readme/readmeBlock.ts";
import { toReadmeTable } from "../src/accuracy/markdown.ts";
import { confidenceMarkdown, measureConfidence } from "./confidence.ts";
import { tilesMarkdown } from "./tiles.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
export const README = fileURLToPath(new URL("../README.md", import.meta.url));

/** A part of the README that is made of figures in a file of this folder. */
interface Block {
  figures: string;
  toMarkdown: (figures: never) => string;
}

export const BLOCKS = {
  tiles: { figures: "tiles.json", toMarkdown: tilesMarkdown },
  confidence: { figures: "confidence.json", toMarkdown: confidenceMarkdown },
  accuracy: { figures: "accuracy.json", toMarkdown: toReadmeTable },
} satisfies Record<string, Block>;

export type BlockName = keyof typeof BLOCKS;

const PICTURE = { file: "synthetic.webp", width: 1_100, quality: 85 };

const run = (argv: readonly string[]) =>
  execFileSync(process.execPath, [MAIN, ...argv], { stdio: ["ignore", "pipe", "inherit"] });

/** The figures of a tile's cost, measured anew: the line of JSON of a run of 10,000 tiles. A minute. */
export const measureTiles = (): Buffer => run(["--tiles", "10000", "--json"]);

/** The picture at the README's top: the quicklook of the run without flags, smaller. */
export async function drawPicture(): Promise<Uint8Array> {
  const out = await mkdtemp(join(tmpdir(), "assay-fire-picture-"));
  try {
    run(["--runner", "in-process", "--out", out]);
    const quicklook = await loadImage(await readFile(join(out, "quicklook.png")));
    const height = Math.round((quicklook.height * PICTURE.width) / quicklook.width);
    const canvas = createCanvas(PICTURE.width, height);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(quicklook, 0, 0, PICTURE.width, height);
    return canvas.toBuffer("image/webp", PICTURE.quality);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** A file of this folder. */
export const fileOf = (name: string): URL => new URL(name, import.meta.url);

/** What the README has to have in a block. */
export async function markdownOf(name: BlockName): Promise<string> {
  const { figures, toMarkdown }: Block = BLOCKS[name];
  return toMarkdown(JSON.parse(await readFile(fileOf(figures), "utf8")) as never);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
  if (isWanted("tiles")) await writeFile(fileOf(BLOCKS.tiles.figures), measureTiles());
  if (isWanted("confidence")) {
    const made = `${JSON.stringify(await measureConfidence())}\n`;
    await writeFile(fileOf(BLOCKS.confidence.figures), made);
  }
  if (isWanted("picture")) await writeFile(fileOf(PICTURE.file), await drawPicture());
  // `--accuracy 20 --out examples/fire-detection/docs` makes the figures of its block, with the pages and pictures that belong to them.
  for (const name of (Object.keys(BLOCKS) as BlockName[]).filter(isWanted)) {
    await writeBlock(README, name, await markdownOf(name));
  }
}
