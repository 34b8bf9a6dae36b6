import { type MarketClient, type ProofClient, proofArbiterAbi } from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import { shownChunk } from "@assay/sdk/machine";
import {
  concatBytes,
  decodeFunctionData,
  type Hex,
  hexToBytes,
  size,
  slice,
  toFunctionSelector,
} from "viem";
import type { DisputeRecord } from "../../store/disputeStore.ts";
import { inputsOf } from "./calldata.ts";

const CHUNK_BYTES = 1_024;
/** Chunks that one challenge names at most: a result of more is never shown whole. */
const MOST_CHUNKS = 8;

// What goes beyond would be there to cost us time.
/** Calldata is searched so far, in bytes. */
const LONGEST = 64 << 10;
/** Calls in it that are looked at. */
const MOST_CALLS = 64;

const showAbi = proofArbiterAbi.filter((one) => one.type === "function" && one.name === "show");
const SELECTOR = toFunctionSelector(showAbi[0] as (typeof showAbi)[number]).slice(2);

/**
 * A result that its worker served to nobody, and has put on chain because a challenger named all of its chunks: from the calldata of the
 * transactions that showed them.
 * @returns `undefined` when it was not shown whole, or what showed it is nowhere.
 */
export async function readShownResult(
  {
    client: { public: chain },
    proof,
  }: { client: Pick<MarketClient, "public">; proof: Pick<ProofClient, "getEvents"> },
  { id, leaf, block: fromBlock }: Pick<DisputeRecord, "id" | "leaf" | "block">,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const { byteLength, cid } = leaf;
  const count = Math.max(1, Math.ceil(byteLength / CHUNK_BYTES));
  if (count > MOST_CHUNKS) return undefined;
  const toBlock = await abortable(chain.getBlockNumber({ cacheTime: 0 }), signal);
  const chunks = new Map<number, Uint8Array>();
  for (const event of await proof.getEvents({ id, fromBlock, toBlock, signal })) {
    if (event.type !== "chunkShown") continue;
    const { chunk, transactionHash } = event;
    const shown = { digest: cid.digest, byteLength, chunk };
    let search = chunkIn;
    for await (const input of inputsOf(chain, transactionHash, signal)) {
      const bytes = search(input, shown);
      search = chunkOf; // what contracts said to each other has the call by itself
      if (bytes === undefined) continue;
      chunks.set(chunk, bytes);
      break;
    }
  }
  const parts = Array.from({ length: count }, (_, chunk) => chunks.get(chunk) ?? new Uint8Array());
  return chunks.size === count ? concatBytes(parts) : undefined;
}

interface ShownChunk {
  digest: Hex;
  byteLength: number;
  chunk: number;
}

/** Searches calldata for a call that shows this chunk: a worker may be a contract, and its account's calls stand inside of others. */
export function chunkIn(input: Hex, shown: ShownChunk): Uint8Array | undefined {
  const searched = slice(input, 0, Math.min(size(input), LONGEST));
  let at = searched.indexOf(SELECTOR);
  for (let calls = 0; at >= 0 && calls < MOST_CALLS; calls++) {
    const bytes = at % 2 === 0 ? chunkOf(slice(searched, at / 2 - 1), shown) : undefined;
    if (bytes !== undefined) return bytes;
    at = searched.indexOf(SELECTOR, at + 1);
  }
  return undefined;
}

/** The chunk, if this is the call that shows it. */
function chunkOf(call: Hex, shown: ShownChunk): Uint8Array | undefined {
  if (!call.startsWith(SELECTOR, 2)) return undefined;
  try {
    const [, , , witness] = decodeFunctionData({ abi: showAbi, data: call }).args;
    return shownChunk(hexToBytes(witness), shown);
  } catch {
    return undefined; // the same bytes by chance
  }
}
