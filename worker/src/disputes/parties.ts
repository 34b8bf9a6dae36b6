import {
  ContractRevertError,
  createJuryClient,
  type GetStandingReturnType,
  Ground,
  type JobTerms,
  type MarketEvent,
  Ruling,
} from "@assay/sdk";
import type { CID } from "multiformats/cid";
import { type Address, isAddressEqual } from "viem";
import { withdrawCredit } from "../account/withdrawCredit.ts";
import { eachInTurn } from "../concurrency/eachInTurn.ts";
import { createTurns } from "../concurrency/turns.ts";
import type { NodeContext } from "../kernel/context.ts";
import { createLanePart, type Part } from "../kernel/part.ts";
import { messageOf, reported } from "../kernel/report.ts";
import type { DisputeRecord } from "../store/disputeStore.ts";
import { appeal, claimOf } from "./arbiters/jury/appeal.ts";
import { entryOfLeaf } from "./evidence/leafEntry.ts";

/** How long telling the DHT of one content may take, in milliseconds. */
const PROVIDE_MS = 20_000;

/**
 * What a node does in disputes that its account is a party to, as a worker or as a challenger: it gives the result that is said to
 * be withheld, appeals a ruling that is wrong, has the ruling carried out, and fetches what it is owed.
 * @param juryAddress - the JuryArbiter whose rulings can be appealed; disputes before another arbiter are only resolved.
 */
export function createParties(context: NodeContext, juryAddress: Address | undefined): Part {
  const { account, client, head, report, store } = context;
  const jury = juryAddress === undefined ? undefined : createJuryClient(client, juryAddress);
  const turns = createTurns(head);
  /** Disputes about which there is nothing more to say: whether we appeal, and whether we have given what is asked for. */
  const weighed = new Set<string>();
  const provided = new Set<string>();
  /** Manifests of ours that somebody does not find, by their names. */
  const sought = new Map<string, CID>();
  let creditMayHaveGrown = true;
  let juryCreditMayHaveGrown = true;

  const partyOf = ({ dispute }: DisputeRecord) => {
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
    if (jury === undefined || !isAddressEqual(terms.arbiter, jury.jury)) {
      if (resolved) store.notePartyDone(id);
      return !resolved && resolve(record, terms, undefined, signal);
    }
    const standing = await jury.getStanding({ id, signal });
    if (standing.stage === "appealable") return weigh(record, terms, party, standing, signal);
    if (!resolved) return resolve(record, terms, standing, signal);
    return endWithJury(record, standing, signal);
  }

  async function weigh(
    record: DisputeRecord,
    terms: JobTerms,
    party: "worker" | "challenger",
    { ruling }: GetStandingReturnType,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { id, dispute } = record;
    if (jury === undefined || ruling === claimOf(party) || weighed.has(id)) return false;
    const reason = await appeal(context, { jury, terms, record, party, ruling, signal });
    weighed.add(id);
    if (reason === undefined) return true;
    const { job: jobId, batch } = dispute;
    report("ruling not appealed", { jobId, batch, id, ruling, reason });
    return false;
  }

  /** Has the ruling carried out, or an arbiter's silence: whoever gains by it first, and the other party if that one is not there. */
  async function resolve(
    { id, dispute }: DisputeRecord,
    terms: JobTerms,
    standing: GetStandingReturnType | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { arbiter } = terms;
    const isFinal = standing?.stage === "final" || standing?.stage === "settled";
    const ruled = isFinal
      ? standing.ruling
      : standing === undefined
        ? await client.getRuling({ arbiter, id, signal })
        : Ruling.none;
    if (ruled === Ruling.none) {
      const { disputeTimeoutSeconds } = await client.getParameters({ signal });
      if (head().timestamp <= dispute.openedAt + disputeTimeoutSeconds) return false;
    }
    const isOurs = turns.isOurs(`resolve/${id}`, interestIn(ruled, dispute));
    if (!isOurs) return false;
    try {
      const sent = client.resolve({ terms, dispute, signal });
      const { ruling = ruled } = await reported(context, "resolve", sent);
      report("dispute resolved", { jobId: dispute.job, batch: dispute.batch, id, ruling });
    } catch (error) {
      // The other party was faster, or the chain's next block is not as far as ours.
      if (!(error instanceof ContractRevertError)) throw error;
      if (error.retryable) return false;
    }
    turns.over(`resolve/${id}`);
    store.noteResolved(id);
    creditMayHaveGrown = true;
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

  /** An appeal's fee can come back from a jury. */
  async function endWithJury(
    { id, dispute, appealFee = 0n }: DisputeRecord,
    { stage, appellant }: GetStandingReturnType,
    signal: AbortSignal,
  ): Promise<boolean> {
    const mayGetBack = isAddressEqual(appellant, account) || appealFee > 0n;
    if (stage === "final" && mayGetBack && jury !== undefined) {
      // Jurors are paid by the same call.
      if (!turns.isOurs(`settle/${id}`, "none")) return false;
      await ignoringReverts(() =>
        reported(context, "settle dispute", jury.settle({ dispute, signal })),
      );
      return false;
    }
    if (stage === "settled") {
      turns.over(`settle/${id}`);
      juryCreditMayHaveGrown = true;
    } else if (mayGetBack && stage !== "none") {
      return false;
    }
    store.notePartyDone(id);
    return true;
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

  async function withdrawFromJury(signal: AbortSignal): Promise<void> {
    if (jury === undefined || (await jury.getCredit({ signal })) === 0n) return;
    await ignoringReverts(async () => {
      const { amount } = await reported(context, "jury withdraw", jury.withdraw({ signal }));
      report("juror credit withdrawn", { amountWei: amount });
    });
  }

  return createLanePart({
    name: "dispute",
    report,
    onEvents(events: readonly MarketEvent[]) {
      for (const event of events) {
        // Somebody does not find our manifest.
        if (event.type !== "leafDemanded" || !isAddressEqual(event.worker, account)) continue;
        const manifest = store.batch(event.jobId, event.batch)?.results;
        if (manifest !== undefined) sought.set(String(manifest), manifest);
      }
      if (events.some((event) => bringsCredit(event, account))) creditMayHaveGrown = true;
    },
    async step(signal) {
      for (const [name, manifest] of sought) {
        if (await tellOf(manifest, signal)) sought.delete(name);
      }
      const did = await eachInTurn(store.disputes("party"), (record) => attend(record, signal));
      if (creditMayHaveGrown) await withdrawCredit(context, signal);
      creditMayHaveGrown = false;
      if (juryCreditMayHaveGrown) await withdrawFromJury(signal);
      juryCreditMayHaveGrown = false;
      return did;
    },
  });
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

/** A call that another node may have made just before. */
async function ignoringReverts(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
  }
}
