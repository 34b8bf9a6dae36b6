/** `node queueProcess.ts <file> serve`, or `run <count>`: works on a queue's file, or runs tasks through it and prints how each ended. */
import { queueRunner, serveQueue } from "../src/queue/index.ts";
import { inputsOf, limits, manifold } from "./contract.ts";

const [file = "", what = "", count = "0", seed = "0"] = process.argv.slice(2);
const brisk = { leaseMs: 300, pollMs: 10, processes: 1, attempts: 100, backoff: { firstMs: 1 } };
if (what === "serve") {
  serveQueue(file, brisk);
  process.stdout.write("ready\n");
} else {
  const runner = queueRunner({ file, ...brisk, work: what === "run" });
  const inputs = inputsOf(Number(count), Number(seed));
  for await (const result of runner.run({ program: manifold.wasm, inputs, limits })) {
    const bytes = "bytes" in result ? Buffer.from(result.bytes).toString("base64") : "";
    process.stdout.write(`${result.position} ${result.outcome} ${bytes}\n`);
  }
  await runner.close();
  process.stdout.write("over\n");
}
