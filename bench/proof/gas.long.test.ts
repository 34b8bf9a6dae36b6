import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { measureProofGas } from "./gas.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/proof.md"), "utf8");

/** As the page rounds it. */
const thousands = (gas: number) => (Math.round(gas / 1_000) * 1_000).toLocaleString("en");

test("disputes cost what `docs/proof.md` says, and no more than was set", async () => {
  const gas = await measureProofGas();
  const { instruction, hostStep, dispute, worstDisputeGas, showGas, maxTransactionGas } = gas;
  expect(instruction.alone).toBeLessThanOrEqual(150_000);
  expect(dispute.moves).toBeLessThanOrEqual(12);
  expect(worstDisputeGas).toBeLessThanOrEqual(1_200_000);
  expect(maxTransactionGas).toBeLessThanOrEqual(320_000);
  for (const text of [
    `at most ${thousands(instruction.alone)} for an instruction of the largest program`,
    `${thousands(hostStep.alone)} for 1 KiB of input or result`,
    `| ${thousands(dispute.moveGas)} |`,
    `${thousands(dispute.gas)} for ten moves (2⁴⁰ steps), at most ${thousands(worstDisputeGas)}`,
    `input, ${thousands(hostStep.proved)} with everything that ends the game`,
    `To begin takes ${thousands(dispute.openGas)}`,
    `a withheld result of 1 MiB ${thousands(showGas)}`,
  ]) {
    expect(page).toContain(text);
  }
});
