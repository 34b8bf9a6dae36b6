import type { BlockReceipts, MarketClient, MarketEvent } from "@assay/sdk";
import { BaseError, numberToHex } from "viem";
import { wrongInReceipts } from "./checkReceipts.ts";
import { doubtAnswer } from "./doubt.ts";
import { ChainMovedError, ContradictionError } from "./errors.ts";
import type { ChainHabits } from "./habits.ts";
import { type Header, readHeader } from "./header.ts";
import { failureOf } from "./rpc/failure.ts";

export interface ReadBlockEventsParameters {
  header: Header;
  habits: ChainHabits;
  /** Whether nodes may have deleted the receipts. If so, and no node has them, `undefined` is returned. */
  mayBeGone: boolean;
  /** Called if the receipts are accepted although the chain's roots match and the block's does not. */
  onUnproven: () => void;
}

/**
 * Reads the Marketplace's events of a block whose filter indicates some. They come from receipts that match the header. The endpoints are
 * asked one after the other until one has such receipts.
 *
 * @throws {@link ContradictionError} when no endpoint has them.
 */
export async function readBlockEvents(
  client: Pick<MarketClient, "public" | "marketplace" | "getBlockEvents">,
  { header, habits, mayBeGone, onUnproven }: ReadBlockEventsParameters,
  signal: AbortSignal,
): Promise<MarketEvent[] | undefined> {
  const { number: blockNumber, hash: blockHash, transactions } = header;
  for (;;) {
    let wrong: string | undefined;
    let isGone = false;
    const check = (receipts: BlockReceipts) => {
      const { marketplace } = client;
      wrong = wrongInReceipts(receipts, { header, marketplace, habits, onUnproven });
      if (wrong !== undefined) throw new ContradictionError(blockNumber, wrong);
    };
    try {
      const parameters = { blockNumber, blockHash, transactions, check, signal };
      const events = await client.getBlockEvents(parameters);
      if (events !== undefined) return events;
      wrong = "it has no receipts";
      isGone = true;
    } catch (error) {
      if (error instanceof ChainMovedError) {
        // Either the chain was reorganised, or the receipts belong to another block.
        const now = await readHeader(client, blockNumber, signal, habits);
        if (now.hash !== blockHash) throw error;
        wrong = "its receipts are another block's";
      } else if (wrong === undefined) {
        // Nodes report deleted receipts by many kinds of errors. An error of the endpoint itself comes again with the next request.
        if (!mayBeGone || signal.aborted || !(error instanceof BaseError)) throw error;
        if (failureOf(error).kind !== "answer") throw error;
        wrong = error.details ?? error.shortMessage;
        isGone = true;
      }
    }
    const call = { method: "eth_getBlockReceipts", params: [numberToHex(blockNumber)] };
    if (doubtAnswer(client, call, `block ${blockNumber}: ${wrong}`)) continue;
    if (isGone && mayBeGone) return undefined;
    throw new ContradictionError(blockNumber, wrong);
  }
}
