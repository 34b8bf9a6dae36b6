import hre from "hardhat";
import { getContract, parseAbi } from "viem";
import { beforeAll, expect, onTestFailed, test } from "vitest";
import { isUnary, numericOperations } from "../../../sdk/src/program/machine/numeric/index.ts";
import { TRAP } from "../../../sdk/src/program/machine/numeric/operation.ts";
import { type Random, seededRandom } from "../../fixtures/random.ts";

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

/** Whether the operands of an instruction have 32 bits. */
function isNarrow(opcode: number): boolean {
  const ranges = [
    ...[
      [0x45, 0x4f],
      [0x5b, 0x60],
      [0x67, 0x78],
      [0x8b, 0x98],
      [0xa8, 0xa9],
      [0xac, 0xaf],
    ],
    ...[
      [0xb2, 0xb3],
      [0xb7, 0xb8],
      [0xbb, 0xbc],
      [0xbe, 0xbe],
      [0xc0, 0xc1],
      [0xd0, 0xd1],
    ],
    [0xd4, 0xd5],
  ] as const;
  return ranges.some(([first = 0, last = 0]) => opcode >= first && opcode <= last);
}

const EDGES_32 = [
  ...[0n, 1n, 2n, 31n, 32n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 0x80n, 0x8000n],
  // Zeros, ones, halves, least and greatest, subnormal ones, infinities, NaNs; integers' bounds as floats.
  ...[0x3f80_0000n, 0xbf80_0000n, 0x3f00_0000n, 0x3f00_0001n, 0x4020_0000n, 0x0080_0000n],
  ...[0x007f_ffffn, 0x7f7f_ffffn, 0x7f80_0000n, 0xff80_0000n, 0x7fc0_0000n, 0xffc0_0001n],
  ...[0x4f00_0000n, 0xcf00_0000n, 0x4f80_0000n, 0x5f00_0000n, 0x5f80_0000n, 0x4eff_ffffn],
];
const EDGES_64 = [
  ...[0n, 1n, 2n, 63n, 64n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 0x80n, 0x8000_0000n],
  ...[0x3ff0_0000_0000_0000n, 0xbff0_0000_0000_0000n, 0x3fe0_0000_0000_0000n],
  ...[0x3fe0_0000_0000_0001n, 0x4004_0000_0000_0000n, 0x0010_0000_0000_0000n],
  ...[0x000f_ffff_ffff_ffffn, 0x7fef_ffff_ffff_ffffn, 0x7ff0_0000_0000_0000n],
  ...[0xfff0_0000_0000_0000n, 0x7ff8_0000_0000_0000n, 0xfff8_0000_0000_0001n],
  ...[0x41e0_0000_0000_0000n, 0x41df_ffff_ffc0_0000n, 0xc1e0_0000_0020_0000n],
  ...[0x41f0_0000_0000_0000n, 0x43e0_0000_0000_0000n, 0x43f0_0000_0000_0000n],
  // Halfway between two f32, and right beside it.
  ...[0x3ff0_0000_1000_0000n, 0x3ff0_0000_1000_0001n, 0x3ff0_0000_3000_0000n],
  ...[0x36a0_0000_0000_0000n, 0x369f_ffff_ffff_ffffn, 0x47ef_ffff_f000_0000n],
];

/** Integers of any size, floats of any exponent: mostly such as meet each other. */
function operand(random: Random, isNarrowOne: boolean): bigint {
  const width = isNarrowOne ? 32 : 64;
  const edges = isNarrowOne ? EDGES_32 : EDGES_64;
  const bits = random.bytes(8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  switch (random.below(4)) {
    case 0:
      return edges[random.below(edges.length)] as bigint;
    case 1:
      return BigInt.asUintN(width, bits >> BigInt(random.below(64)));
    case 2: {
      // A float near one, of either sign, with few digits or many.
      const [digits, bias] = isNarrowOne ? [23n, 127n] : [52n, 1_023n];
      const exponent = bias + BigInt(random.below(64) - 32);
      const fraction = BigInt.asUintN(Number(digits), bits) >> BigInt(random.below(Number(digits)));
      return (BigInt(random.below(2)) << BigInt(width - 1)) | (exponent << digits) | fraction;
    }
    default:
      return BigInt.asUintN(width, bits);
  }
}

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
