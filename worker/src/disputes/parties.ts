import {
  ContractRevertError,
  type DisputeId,
  Ground,
  type JobTerms,
  type MarketEvent,
  Ruling,
} from "@assay/sdk";
import type { CID } from "multiformats/cid";
import { type Address, isAddressEqual } from "viem";
import { withdrawCredit } from "../account/withdrawCredit.ts";
import { createDue } from "../concurrency/due.ts";
import { eachInTurn } from "../concurrency/eachInTurn.ts";
import { createTurns } from "../concurrency/turns.ts";
import type { NodeContext } from "../kernel/context.ts";
import { createLoopPart, type Part } from "../kernel/part.ts";
import { messageOf, reported } from "../kernel/report.ts";
import type { DisputeRecord } from "../store/disputeStore.ts";
import type { Party } from "./arbiters/arbiter.ts";
import type { Arbiters } from "./arbiters/arbiters.ts";
import { entryOfLeaf } from "./evidence/leafEntry.ts";

/** How long telling the DHT of one content may take, in milliseconds. */
const PROVIDE_MS = 20_000;

/**
 * What a node does in the disputes that its account is a party to, as a worker or as a challenger. It provides the result that is said
 * to be withheld, takes the steps that the arbiter has for a party, has the ruling carried out, and withdraws its credit.
 */
export function createParties(context: NodeContext, arbiters: Arbiters): Part {
  const { account, client, head, report, store } = context;
  const turns = createTurns(head);
  /** Disputes whose result was provided. */
  const provided = new Set<string>();
  /** Manifests of ours that somebody does not find, by their names. */
  const sought = new Map<string, CID>();
  const withdrawal = createDue({ isDue: true });
  /** Disputes whose end was reported. */
  const reportedEnds = new Set<DisputeId>();

  const partyOf = ({ dispute }: DisputeRecord): Party | undefined => {
    if (isAddressEqual(dispute.worker, account)) return "worker";
    return isAddressEqual(dispute.challenger, account) ? "challenger" : undefined;
  };

  async function attend(record: DisputeRecord, signal: AbortSignal): Promise<boolean> {
    const { dispute, id, resolved } = record;
    const party = partyOf(record);
    const terms = store.job(dispute.job)?.terms;
    if (party === undefined || terms === undefined) {
      store.notePartyDone(id);
      return false;
    }
    if (party === "worker" && dispute.ground === Ground.unavailable) await provide(record, signal);
    const arbiter = arbiters.of(terms.arbiter);
    const { ruling, step, close } = await arbiter.getStanding({ record, terms, party }, signal);
    if (step !== undefined) return step(signal);
    if (!resolved) return resolve(record, terms, ruling, signal);
    // Somebody else had it carried out. Without a ruling the Marketplace has taken it for undecided.
    reportEnd(record, ruling === Ruling.none ? Ruling.undecided : ruling);
    if (!(await close(signal))) return false;
    store.notePartyDone(id);
    reportedEnds.delete(id);
    return true;
  }

  /** Once, whoever had the ruling carried out. */
  function reportEnd({ id, dispute }: DisputeRecord, ruling: Ruling): void {
    if (reportedEnds.has(id)) return;
    reportedEnds.add(id);
    report("dispute resolved", { jobId: dispute.job, batch: dispute.batch, id, ruling });
  }

  /**
   * Has the ruling carried out, or the batch freed if the arbiter has not ruled in time. The party that gains by it comes first, and the
   * other one if that party is not there.
   */
  async function resolve(
    record: DisputeRecord,
    terms: JobTerms,
    ruled: Ruling,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { id, dispute } = record;
    if (ruled === Ruling.none) {
      const { disputeTimeoutSeconds } = await client.getParameters({ signal });
      if (head().timestamp <= dispute.openedAt + disputeTimeoutSeconds) return false;
    }
    const isOurs = turns.isOurs(`resolve/${id}`, interestIn(ruled, dispute));
    if (!isOurs) return false;
    try {
      const sent = client.resolve({ terms, dispute, signal });
      const { ruling = ruled } = await reported(context, "resolve", sent);
      reportEnd(record, ruling);
    } catch (error) {
      // The other party was faster, or the chain's next block is not as far as ours.
      if (!(error instanceof ContractRevertError)) throw error;
      if (error.retryable) return false;
    }
    turns.over(`resolve/${id}`);
    store.noteResolved(id);
    withdrawal.mark();
    return true;
  }

  /** Whose bond it is, or a part of it. Where it is nobody's, the worker's stake is free by it. */
  function interestIn(ruling: Ruling, { worker, challenger }: DisputeRecord["dispute"]) {
    const gainer =
      ruling === Ruling.workerWrong || ruling === Ruling.undecided || ruling === Ruling.none
        ? challenger
        : worker;
    return isAddressEqual(gainer, account) ? "own" : "none";
  }

  /** Tells the DHT of what is said to be withheld: those who look for it shall find it here. */
  async function provide({ id, dispute, leaf, resolved }: DisputeRecord, signal: AbortSignal) {
    if (resolved || provided.has(id)) return;
    provided.add(id);
    const entry = entryOfLeaf(leaf);
    const result = entry !== undefined && "cid" in entry ? entry.cid : undefined;
    const manifest = store.batch(dispute.job, dispute.batch)?.results;
    const told = await Promise.all([result, manifest].map((cid) => tellOf(cid, signal)));
    if (told.includes(false)) provided.delete(id); // tried again with the next block
  }

  /** @returns whether the DHT was told. */
  async function tellOf(cid: CID | undefined, signal: AbortSignal): Promise<boolean> {
    if (cid === undefined) return true;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(PROVIDE_MS)]);
    try {
      await context.content.provide(cid, { signal: limited });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      report("results not provided yet", { results: String(cid), error: messageOf(error) });
      return false;
    }
  }

  const part = createLoopPart({
    name: "dispute",
    report,
    onEvents(events: readonly MarketEvent[]) {
      for (const event of events) {
        // Somebody does not find our manifest.
        if (event.type !== "leafDemanded" || !isAddressEqual(event.worker, account)) continue;
        const manifest = store.batch(event.jobId, event.batch)?.results;
        if (manifest !== undefined) sought.set(String(manifest), manifest);
      }
      if (events.some((event) => bringsCredit(event, account))) withdrawal.mark();
    },
    onRollback: () => reportedEnds.clear(), // they may end otherwise
    async step(signal) {
      for (const [name, manifest] of sought) {
        if (await tellOf(manifest, signal)) sought.delete(name);
      }
      const did = await eachInTurn(store.disputes("party"), (record) => attend(record, signal));
      await withdrawal.settle(() => withdrawCredit(context, signal));
      for (const arbiter of arbiters.known) await arbiter.withdrawCredit(signal);
      return did;
    },
  });
  for (const { attach } of arbiters.known) attach?.(part.wake);
  return part;
}

/** Whether an event may have brought an account credit, as one that asks questions or is asked. */
function bringsCredit(event: MarketEvent, account: Address): boolean {
  switch (event.type) {
    case "workerSlashed":
    case "demandVoided":
    case "preparationReclaimed":
    case "leafDemanded": // more than its bond was prepared for it
      return isAddressEqual(event.asker, account);
    case "feeReturned":
      return isAddressEqual(event.account, account);
    case "challengeResolved":
      return true;
    default:
      return false;
  }
}
