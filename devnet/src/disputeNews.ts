import { setTimeout as delay } from "node:timers/promises";
import {
  type JobId,
  type JuryClient,
  type JuryEvent,
  type MarketClient,
  type MarketEvent,
  type ProofClient,
  type ProofEvent,
  Ruling,
} from "@assay/sdk";
import { type Address, formatEther } from "viem";
import { POLLING_INTERVAL_MS } from "./network.ts";
import { createProofNews } from "./proofNews.ts";

const RULINGS: Record<number, string> = {
  [Ruling.workerRight]: "the worker is right",
  [Ruling.workerWrong]: "the worker is wrong",
  [Ruling.undecided]: "it cannot be decided",
  [Ruling.bothWrong]: "both are wrong",
  [Ruling.challengeFailed]: "the challenger is wrong",
};

/** Reports the events of a job's disputes and their payments, from the chain's own events, until `signal` aborts. */
export async function followDisputes(
  {
    market,
    jury,
    proof,
  }: { market: MarketClient; jury: JuryClient | undefined; proof: ProofClient },
  {
    jobId,
    nameOf,
    tell,
    signal,
  }: {
    jobId: JobId;
    nameOf: (account: Address) => string;
    tell: (label: string, text: string) => void;
    signal: AbortSignal;
  },
): Promise<void> {
  const describeMove = createProofNews(proof, nameOf);
  for (let fromBlock = 0n; !signal.aborted; ) {
    const toBlock = await market.public.getBlockNumber({ cacheTime: 0 });
    const range = { fromBlock, toBlock, signal };
    const events = [
      ...(await market.getMarketEvents({ ...range, jobId })),
      ...((await jury?.getEvents(range)) ?? []),
      ...(await proof.getEvents(range)),
    ].sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
    for (const event of events) {
      const news = isOfProof(event)
        ? await describeMove(event)
        : describe(event, nameOf, await jurorsIn(event, jury));
      if (news !== undefined) tell(...news);
    }
    fromBlock = toBlock + 1n;
    await delay(POLLING_INTERVAL_MS, undefined, { signal });
  }
}

/** Events of both have names of their own, but for the opening, of which the Marketplace tells more. */
function isOfProof(event: MarketEvent | JuryEvent | ProofEvent): event is ProofEvent {
  return event.type === "moved" || event.type === "decided";
}

/** Each once, however many seats it has. */
function list(names: readonly string[]): string {
  return [...new Set(names)].join(", ");
}

/** Who was drawn: the event has their numbers. */
async function jurorsIn(
  event: MarketEvent | JuryEvent | ProofEvent,
  jury: JuryClient | undefined,
): Promise<Address[]> {
  if (event.type !== "juryDrawn" || jury === undefined) return [];
  return [...(await jury.getPanel({ id: event.id, panel: event.panel })).jurors];
}

function describe(
  event: MarketEvent | JuryEvent,
  nameOf: (account: Address) => string,
  jurors: readonly Address[],
): [label: string, text: string] | undefined {
  const ether = (wei: bigint) => `${formatEther(wei)} ETH`;
  switch (event.type) {
    case "batchChallenged": {
      const { challenger, worker, position, bond, fee } = event.dispute;
      return [
        "challenge",
        `${nameOf(challenger)} disputes task ${position} in batch ${event.batch} of ${nameOf(worker)}, with a bond of ${ether(bond)} and ${ether(fee)} for the arbiter`,
      ];
    }
    case "juryDrawn":
      return ["jury", `${list(jurors.map(nameOf))} are drawn, and recompute the task`];
    case "verdictCommitted":
      return ["", `${nameOf(event.juror)} has committed to a verdict`];
    case "verdictRevealed":
      return ["", `${nameOf(event.juror)}: ${RULINGS[event.verdict] ?? "nothing"}`];
    case "challengeResolved":
      return ["ruling", `${RULINGS[event.ruling] ?? "none"}; batch ${event.batch} is decided`];
    case "workerSlashed": {
      const { worker, asker, slashed, reward, compensation, burned } = event;
      return [
        "slash",
        `${nameOf(worker)} loses ${ether(slashed)}: ${ether(reward)} to ${nameOf(asker)}, ${ether(compensation)} to the requester, ${ether(burned)} burned`,
      ];
    }
    case "disputeSettled":
      return ["fees", `${event.coherent} jurors earn ${ether(event.share)} each`];
    default:
      return undefined;
  }
}
