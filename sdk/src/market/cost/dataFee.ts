import type { Hex, PublicClient } from "viem";
import { estimateL1Fee } from "viem/op-stack";
import { abortable } from "../../concurrency/abortable.ts";
import { encodeCall } from "../calls/encodeCall.ts";
import type { ChainContext } from "../context/marketContext.ts";

/** The contract `GasPriceOracle`, which chains of the OP stack have from their first block: it says what a transaction's data costs. */
const ORACLE = "0x420000000000000000000000000000000000000F";

/** Chains whose oracle was looked for. */
const known = new WeakMap<PublicClient, Promise<boolean>>();

// Typical calls, of bytes that cannot be compressed: what a rollup charges for depends on little else.
const NOISE: Hex = "0x9e3779b97f4a7c15f39cc0605cedc8341082276bf3a27251f86c6a11d0c18e95";
const ACCOUNT: Hex = "0x9e3779b97f4a7c15f39cc0605cedc8341082276b";
const terms = {
  ...{ requester: ACCOUNT, token: ACCOUNT, arbiter: ACCOUNT, specHash: NOISE },
  ...{ taskCount: 0xffff, batchSize: 0x3fff, minScore: 0x1fff, salt: BigInt(NOISE) >> 192n },
  ...{ rewardPerTask: 1_234_567_890_123_456n, stakePerBatch: 12_345_678_901_234_567n },
  ...{ claimUntil: 0x6b8d_4f21, submitWindowSeconds: 0xe1f, challengeWindowSeconds: 0x25f },
} as const;
const cid = { prefix: "0x01551e20", digest: NOISE } as const;

/** Data of the transactions of a batch, one each. */
const BATCH_CALLS: readonly Hex[] = [
  encodeCall("claim", [terms, 0x3f]),
  encodeCall("submit", [NOISE, 0x3f, NOISE, cid]),
  encodeCall("settle", [terms, [0x3f]]),
];

/** Data of a job's posting. */
const POST_CALLS: readonly Hex[] = [
  encodeCall("post", [
    terms,
    {
      ...{ program: cid, manifest: cid, inputRoot: NOISE, machineRoot: NOISE },
      ...{ memoryPages: 0x1ff, maxResultBytes: 0xf_ffff, maxSteps: 10_000_000_000n },
    },
  ]),
];

/** What a rollup charges for the data of a batch's transactions, from claim to settlement, in wei; 0 where the chain charges nothing. */
export function batchDataFee(
  client: Pick<ChainContext, "public">,
  signal?: AbortSignal,
): Promise<bigint> {
  return dataFeeOf(client, BATCH_CALLS, signal);
}

/** What a rollup charges for the data of a job's posting, in wei. */
export function postDataFee(
  client: Pick<ChainContext, "public">,
  signal?: AbortSignal,
): Promise<bigint> {
  return dataFeeOf(client, POST_CALLS, signal);
}

/** What a rollup of the OP stack charges for the data of these transactions now, in wei; 0 on other chains. */
export async function dataFeeOf(
  { public: chain }: Pick<ChainContext, "public">,
  calls: readonly Hex[],
  signal?: AbortSignal,
): Promise<bigint> {
  if (!(await abortable(hasOracle(chain), signal))) return 0n;
  const fees = calls.map((data) =>
    estimateL1Fee(chain, {
      ...{ account: ACCOUNT, to: ACCOUNT, data, gasPriceOracleAddress: ORACLE },
    }),
  );
  return (await abortable(Promise.all(fees), signal)).reduce((sum, fee) => sum + fee, 0n);
}

function hasOracle(chain: PublicClient): Promise<boolean> {
  let has = known.get(chain);
  if (has === undefined) {
    has = chain.getCode({ address: ORACLE }).then((code) => code !== undefined && code !== "0x");
    known.set(chain, has);
    // What could not be read is read again.
    has.catch(() => known.delete(chain));
  }
  return has;
}
