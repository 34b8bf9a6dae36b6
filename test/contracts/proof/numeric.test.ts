import hre from "hardhat";
import { getContract, parseAbi } from "viem";
import { beforeAll, expect, onTestFailed, test } from "vitest";
import { isUnary, numericOperations } from "../../../sdk/src/program/machine/numeric/index.ts";
import { TRAP } from "../../../sdk/src/program/machine/numeric/operation.ts";
import { seededRandom } from "../../fixtures/random.ts";
import { isNarrow, operand } from "./operands.ts";

const abi = parseAbi([
  "function operate(uint256 opcode, uint256[] first, uint256[] second) pure returns (uint256[])",
]);
const TRAPPED = 2n ** 256n - 1n;

/** Pairs for each instruction: a thousandth of what `npm run test:long` plays. */
const PAIRS = Number(process.env.NUMERIC_PAIRS ?? 60);
const BATCH = 500;

async function deployHarness() {
  const { viem } = await hre.network.create();
  const { address } = await viem.deployContract("NumericHarness");
  return getContract({ abi, address, client: await viem.getPublicClient() });
}

let harness: Awaited<ReturnType<typeof deployHarness>>;
beforeAll(async () => {
  harness = await deployHarness();
});

const opcodes = [...numericOperations.keys()].filter((opcode) => numericOperations[opcode]);

test("there are all of them", () => {
  expect(opcodes).toHaveLength(0xc4 - 0x45 + 1 + 8);
});

test("each numeric instruction gives on the chain what the reference gives", async () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  let traps = 0;
  for (const opcode of opcodes) {
    for (let done = 0; done < PAIRS; done += BATCH) {
      const count = Math.min(BATCH, PAIRS - done);
      const pairs = Array.from({ length: count }, () => {
        const a = operand(random, isNarrow(opcode));
        return [a, isUnary(opcode) ? a : operand(random, isNarrow(opcode))] as const;
      });
      const expected = pairs.map(([a, b]) => numericOperations[opcode]?.(a, b));
      const seen = await harness.read.operate([
        BigInt(opcode),
        pairs.map(([a]) => a),
        pairs.map(([, b]) => b),
      ]);
      for (const [index, result] of seen.entries()) {
        const value = result === TRAPPED ? TRAP : result;
        traps += value === TRAP ? 1 : 0;
        const [a = 0n, b = 0n] = pairs[index] ?? [];
        const name = `0x${opcode.toString(16)} of 0x${a.toString(16)}, 0x${b.toString(16)}`;
        expect([name, value]).toEqual([name, expected[index]]);
      }
    }
  }
  expect(traps).toBeGreaterThan(0);
});
