import { hashTerms, type JobId, marketplaceAbi } from "@assay/sdk";
import { createPublicClient, encodeFunctionData, http, numberToHex } from "viem";
import { toChainSpec } from "../../sdk/src/protocol/job/hash.ts";
import type { TestChain } from "../../test/fixtures/chain.ts";
import { echo, numbered } from "../../test/fixtures/programs.ts";
import type { Random } from "../../test/fixtures/random.ts";
import { accountOf, type Requester } from "./network.ts";

/** Most jobs of one block. */
const MOST_IN_A_BLOCK = 4;
/** Blocks that are mined in one request: on a long chain each takes a while. */
const MOST_AT_ONCE = 8;
/** Enough for a posting. */
const GAS = 1_000_000n;

/**
 * Makes a chain so many blocks longer, with so many jobs in blocks that chance chooses, some of them together.
 * @returns their names.
 */
export async function postJobs(
  chain: TestChain,
  { market }: Requester,
  { blocks, jobs, random }: { blocks: number; jobs: number; random: Random },
): Promise<Set<JobId>> {
  const { jobId, terms, spec } = await market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(1), rewardPerTask: 1n, batchSize: 1 },
  });
  const ids = new Set([jobId]);
  const node = createPublicClient({ chain: chain.chain, transport: http(chain.rpcUrl) });
  const from = accountOf(chain, 1).address;
  await chain.setAutomine(false);
  let left = jobs - 1;
  let unmined = blocks - Number(await node.getBlockNumber());
  while (left > 0) {
    const together = Math.min(left, 1 + random.below(MOST_IN_A_BLOCK));
    for (let i = 0; i < together; i++) {
      const salted = { ...terms, salt: terms.salt + BigInt(left) };
      const data = encodeFunctionData({
        abi: marketplaceAbi,
        functionName: "post",
        args: [salted, toChainSpec(spec)],
      });
      const call = { from, to: chain.marketplace, value: "0x1", gas: numberToHex(GAS), data };
      await node.request({ method: "eth_sendTransaction", params: [call] } as never);
      ids.add(hashTerms(salted));
      left--;
    }
    await chain.mine(1);
    unmined--;
    const gap = Math.min(random.below(1 + Math.floor((2 * unmined) / (left / 2.5 + 1))), unmined);
    await mineSlowly(chain, gap);
    unmined -= gap;
  }
  await mineSlowly(chain, unmined);
  await chain.setAutomine(true);
  return ids;
}

async function mineSlowly(chain: TestChain, blocks: number): Promise<void> {
  for (let left = blocks; left > 0; left -= MOST_AT_ONCE) {
    await chain.mine(Math.min(left, MOST_AT_ONCE));
  }
}
