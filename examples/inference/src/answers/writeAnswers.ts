import type { AbortOptions } from "@assay/sdk";
import { createCanvas } from "@napi-rs/canvas";
import { writeOutputFiles } from "../../../shared/src/outputFolder/outputFolder.ts";
import { at } from "../graph/tensors.ts";
import type { AnswerShape } from "./answers.ts";

/** What a model says of one image. */
export interface Answer {
  name: string;
  /** By place. */
  classes: Uint16Array;
  /** The output's numbers. */
  values: Float64Array;
}

/**
 * Writes `classes.csv`, with the class of each image and its value; of a model that gives masks instead one PNG an image, whose grey values are the
 * classes from black to white, and each class's share of the image.
 * @param labels - the classes' names.
 * @returns the files' paths.
 */
export async function writeAnswers(
  folder: string,
  {
    answers,
    shape,
    labels,
  }: { answers: readonly Answer[]; shape: AnswerShape; labels: readonly string[] },
  options: AbortOptions,
): Promise<string[]> {
  const area = shape.rows * shape.columns;
  const nameOf = (label: number) => labels[label] ?? String(label);
  if (area === 1) {
    const rows = answers.map(({ name, classes, values }) => {
      const label = at(classes, 0);
      return [
        quote(name),
        quote(nameOf(label)),
        at(values, shape.classes === 1 ? 0 : label).toFixed(4),
      ];
    });
    const table = [["image", "class", "value"], ...rows].map((row) => row.join(",")).join("\n");
    return writeOutputFiles(folder, { "classes.csv": `${table}\n` }, options);
  }
  const count = Math.max(shape.classes, 2);
  const header = ["image", ...Array.from({ length: count }, (_, c) => quote(nameOf(c)))];
  const rows = answers.map(({ name, classes }) => {
    const shares = Array<number>(count).fill(0);
    for (const label of classes) shares[label] = (shares[label] ?? 0) + 1 / area;
    return [quote(name), ...shares.map((share) => share.toFixed(4))];
  });
  const masks = answers.map(({ name, classes }) => [`${name}.mask.png`, maskPng(classes, shape)]);
  const table = [header, ...rows].map((row) => row.join(",")).join("\n");
  return writeOutputFiles(
    folder,
    { "shares.csv": `${table}\n`, ...Object.fromEntries(masks) },
    options,
  );
}

function maskPng(classes: Uint16Array, { rows, columns, classes: count }: AnswerShape): Uint8Array {
  const canvas = createCanvas(columns, rows);
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const step = 255 / Math.max(count - 1, 1);
  classes.forEach((label, i) => {
    image.data.fill(Math.round(label * step), i * 4, i * 4 + 3);
    image.data[i * 4 + 3] = 255;
  });
  context.putImageData(image, 0, 0);
  return canvas.toBuffer("image/png");
}

/** RFC 4180; a leading `=` would be a formula to a spreadsheet. */
const quote = (text: string): string =>
  /[",\n\r]|^[=+@-]/.test(text)
    ? `"${text.replaceAll('"', '""').replace(/^[=+@-]/, "'$&")}"`
    : text;
