/** `node examples/inference/src/digits/main.ts`: trains the classifier anew and writes `models/digits.onnx`. */
import { writeFile } from "node:fs/promises";
import { trainDigits } from "./train.ts";

const model = trainDigits((epoch, accuracy) => {
  process.stdout.write(`epoch ${epoch}: ${(100 * accuracy).toFixed(2)} % right\n`);
});
await writeFile(new URL("../../models/digits.onnx", import.meta.url), model);
