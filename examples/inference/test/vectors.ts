/** `PYTHON=… node examples/inference/test/vectors.ts`: asks NumPy and onnxruntime again, and writes `fixtures/vectors.json`. */
import { writeFile } from "node:fs/promises";
import { GRAPHS, operatorCase, randomCase } from "./cases.ts";
import { answersOf } from "./prepare.ts";

const cases = [operatorCase(), ...Array.from({ length: GRAPHS }, (_, i) => randomCase(i + 1))];
const answers = await answersOf(cases);
const lines = [...answers].map(([name, { integers, floats }]) => {
  const base64 = ({ buffer }: Int8Array | Float32Array) => Buffer.from(buffer).toString("base64");
  return `${JSON.stringify(name)}: ${JSON.stringify({ integers: base64(integers), floats: base64(floats) })}`;
});
await writeFile(new URL("fixtures/vectors.json", import.meta.url), `{\n${lines.join(",\n")}\n}\n`);
