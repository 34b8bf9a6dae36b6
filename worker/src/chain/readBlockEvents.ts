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
  /** Nodes may have deleted the receipts; then `undefined` is returned where none has them. */
  mayBeGone: boolean;
  /** Called if they are taken although the chain's roots hold and the block's does not. */
  onUnproven: () => void;
}

/**
 * The Marketplace's events of a block whose filter tells of some, from receipts that fit the header: of one endpoint after the other, until
 * one has them.
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
        // Has the chain moved, or are they another block's?
        const now = await readHeader(client, blockNumber, signal, habits);
        if (now.hash !== blockHash) throw error;
        wrong = "its receipts are another block's";
      } else if (wrong === undefined) {
        // Deleted receipts are told of by errors of many kinds; what is about the endpoint comes again with the next question.
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
