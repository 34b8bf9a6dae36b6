import { AssayError, type MarketClient } from "@assay/sdk";
import { abortable } from "@assay/sdk/concurrency";
import { BaseError, BlockNotFoundError, type Hex, numberToHex } from "viem";
import type { BlockRef } from "../store/blockStore.ts";
import { doubtAnswer } from "./doubt.ts";
import { ChainMovedError, ContradictionError } from "./errors.ts";
import { type ChainHabits, unknownHabits } from "./habits.ts";
import { headerHash } from "./headerHash.ts";

/** The fields of a block that the follower needs. */
export interface Header extends BlockRef {
  parentHash: Hex;
  /** Unix seconds. */
  timestamp: number;
  logsBloom: Hex | null;
  receiptsRoot?: Hex | undefined;
  /** Hashes of the block's transactions, in their order. */
  transactions?: readonly Hex[] | undefined;
  /**
   * Whether the header has fields that the chain's headers did not have before, and a hash that does not match the known fields. The cause
   * is a fork, or an endpoint that hides something in this way.
   */
  isUnverified?: boolean | undefined;
}

type Client = Pick<MarketClient, "public">;

/**
 * @param number - default: the latest block.
 * @param habits - the known properties of the chain's headers; this header adds to them.
 *
 * @throws {@link ChainMovedError} when the chain does not have the block any more.
 * @throws {@link ContradictionError} when every endpoint's block contradicts itself.
 */
export async function readHeader(
  client: Client,
  number: bigint | undefined,
  signal: AbortSignal,
  habits: ChainHabits = unknownHabits(),
): Promise<Header> {
  for (;;) {
    const header = await readOnce(client, number, signal, habits);
    if (typeof header !== "string") return header;
    const params = [number === undefined ? "latest" : numberToHex(number), false];
    if (doubtAnswer(client, { method: "eth_getBlockByNumber", params }, header)) continue;
    throw new ContradictionError(number, header);
  }
}

/** Reads the header, or returns what is wrong with it. */
async function readOnce(
  client: Client,
  number: bigint | undefined,
  signal: AbortSignal,
  habits: ChainHabits,
): Promise<Header | string> {
  // viem's own requests cannot be aborted, and may be retried for long.
  const request = client.public.getBlock(number === undefined ? {} : { blockNumber: number });
  try {
    const block = await abortable(request, signal);
    if (!isHeader(block) || (number !== undefined && block.number !== number)) {
      return "it is not the block that was asked for";
    }
    const verified = await checkHash(client, block, signal, habits);
    if (verified === "wrong") return "its hash is another's";
    const { hash, parentHash, timestamp, logsBloom, receiptsRoot, transactions } = block;
    if (logsBloom !== null && /[1-9a-f]/i.test(logsBloom.slice(2))) habits.filtered = true;
    return {
      number: block.number,
      hash,
      parentHash,
      timestamp: Number(timestamp),
      logsBloom,
      receiptsRoot,
      transactions,
      ...(verified === "unknown fields" ? { isUnverified: true } : {}),
    };
  } catch (error) {
    if (signal.aborted) throw error;
    if (number !== undefined && error instanceof BlockNotFoundError) {
      throw new ChainMovedError(number);
    }
    if (error instanceof BaseError || error instanceof AssayError) throw error;
    // An error neither of viem nor ours: the answer made viem fail.
    return `it cannot be read: ${(error as Error).message}`;
  }
}

type Block = Awaited<ReturnType<Client["public"]["getBlock"]>> & { number: bigint; hash: Hex };

function isHeader(block: { [Key in keyof Block]?: unknown }): block is Block {
  const isHex = (value: unknown, digits: number) =>
    typeof value === "string" && value.length === 2 + digits && /^0x[0-9a-fA-F]*$/.test(value);
  const isHash = (value: unknown) => isHex(value, 64);
  const { number, hash, parentHash, timestamp, logsBloom, transactions } = block;
  return (
    typeof number === "bigint" &&
    isHash(hash) &&
    isHash(parentHash) &&
    Number.isSafeInteger(Number(timestamp)) &&
    (logsBloom === null || logsBloom === undefined || isHex(logsBloom, 512)) &&
    (transactions === undefined || (Array.isArray(transactions) && transactions.every(isHash)))
  );
}

/** Checks that a block's hash is that of its header, if the chain computes hashes in this way. */
async function checkHash(
  client: Client,
  block: Block,
  signal: AbortSignal,
  habits: ChainHabits,
): Promise<"right" | "wrong" | "unknown fields"> {
  const computed = headerHash(block);
  if (computed === "malformed") return "wrong";
  if (computed === block.hash) {
    habits.hashed = new Set(Object.keys(block));
    return "right";
  }
  if (habits.hashed === undefined && block.number > 0n) {
    // The parent shows whether the chain or the block deviates.
    habits.hashed = false;
    const blockNumber = block.number - 1n;
    const parent = await abortable(client.public.getBlock({ blockNumber }), signal);
    if (headerHash(parent) === parent.hash) habits.hashed = new Set(Object.keys(parent));
  }
  const { hashed } = habits;
  if (hashed === undefined || hashed === false) return "right";
  const isLater = Object.keys(block).some((field) => !hashed.has(field));
  return isLater ? "unknown fields" : "wrong";
}
