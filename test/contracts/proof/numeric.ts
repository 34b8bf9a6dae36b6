/** Numeric instructions, of random operands, on chain and in the reference, whose floats are this processor's. */
import hre from "hardhat";
import { getContract, parseAbi } from "viem";
import { expect, onTestFailed } from "vitest";
import { isUnary, numericOperations } from "../../../sdk/src/program/machine/numeric/index.ts";
import { TRAP } from "../../../sdk/src/program/machine/numeric/operation.ts";
import { seededRandom } from "../../fixtures/random.ts";
import { isNarrow, operand } from "./operands.ts";

const abi = parseAbi([
  "function operate(uint256 opcode, uint256[] first, uint256[] second) pure returns (uint256[])",
]);
const TRAPPED = 2n ** 256n - 1n;

const BATCH = 500;

async function deployHarness() {
  const { viem } = await hre.network.create();
  const { address } = await viem.deployContract("NumericHarness");
  return getContract({ abi, address, client: await viem.getPublicClient() });
}

export const opcodes = [...numericOperations.keys()].filter((opcode) => numericOperations[opcode]);

/** @param each - pairs of operands of each instruction. @returns how many of them trap. */
export async function compareNumeric(each: number): Promise<number> {
  const harness = await deployHarness();
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  let traps = 0;
  for (const opcode of opcodes) {
    for (let done = 0; done < each; done += BATCH) {
      const count = Math.min(BATCH, each - done);
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
  return traps;
}
