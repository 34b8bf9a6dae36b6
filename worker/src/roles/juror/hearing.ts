import type { JuryClient, JuryEvent } from "@assay/sdk";
import type { NodeContext } from "../../kernel/context.ts";

/** An endpoint may have left out the logs of a block that it was just told of: so many blocks are read again, each time. */
const AGAIN_BLOCKS = 32n;

type Opened = Extract<JuryEvent, { type: "disputeOpened" }>;

/**
 * Hears of every dispute of a jury from the jury itself: also of one about a job that this node does not know, or whose challenge it has
 * missed, since whoever is drawn and silent loses stake.
 */
export function createHearing({ client, report, store }: NodeContext, jury: JuryClient) {
  /** Notes a dispute with the leaf that it is about, which the Marketplace tells in the same block. */
  async function note({ id, dispute, blockNumber }: Opened, signal: AbortSignal): Promise<void> {
    if (store.dispute(id) !== undefined) return;
    const { job: jobId } = dispute;
    const block = { fromBlock: blockNumber, toBlock: blockNumber };
    const events = await client.getMarketEvents({ ...block, jobId, signal });
    const challenge = events.find((event) => event.type === "batchChallenged" && event.id === id);
    if (challenge?.type !== "batchChallenged") return; // it is heard of again with the next block
    const { leaf } = challenge;
    store.addDispute({ id, dispute, leaf, arbiter: jury.jury }, blockNumber);
    report("dispute heard", { id, jobId, batch: dispute.batch });
  }

  /** A panel of a dispute whose opening was not heard. */
  async function seek({ id, blockNumber }: JuryEvent & { id: string }, signal: AbortSignal) {
    const range = { fromBlock: client.deployedAt, toBlock: blockNumber };
    for (const event of await jury.getEvents({ ...range, signal })) {
      if (event.type === "disputeOpened" && event.id === id) await note(event, signal);
    }
  }

  /** Reads what the jury told in blocks that the node has read. */
  return async (signal: AbortSignal): Promise<void> => {
    const nextBlock = store.nextBlock();
    const read = store.nextJuryBlock();
    if (nextBlock <= read) return;
    const fromBlock = read > AGAIN_BLOCKS ? read - AGAIN_BLOCKS : 0n;
    const events = await jury.getEvents({ fromBlock, toBlock: nextBlock - 1n, signal });
    for (const event of events) {
      if (event.type === "disputeOpened") await note(event, signal);
      const isPanel = event.type === "drawRequested" || event.type === "juryDrawn";
      if (isPanel && store.dispute(event.id) === undefined) await seek(event, signal);
    }
    // A reorganisation in between has taken some of these blocks back.
    if (store.nextBlock() >= nextBlock) store.noteJuryBlocks(nextBlock);
  };
}
