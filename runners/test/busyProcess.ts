/** `node busyProcess.ts`: runs a task that does not end, and prints the pid of the child that has it. */
import { processRunner } from "../src/index.ts";
import { limits, manifold } from "./contract.ts";
import { childPids } from "./executors.ts";

const runner = processRunner({ processes: 1 });
async function* inputs() {
  yield Uint8Array.of(0, 1);
  yield Uint8Array.of(2);
  await new Promise(() => {});
}
const endless = { ...limits, maxSteps: 10n ** 15n };
for await (const { position } of runner.run({
  program: manifold.wasm,
  inputs: inputs(),
  limits: endless,
})) {
  if (position === 0) process.stdout.write(`${childPids()[0]}\n`);
}
