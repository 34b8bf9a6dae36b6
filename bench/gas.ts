/** `npm run bench -- gas`: what jobs and disputes cost, in gas. The last line is one JSON object. */
import { type DisputeGas, disputeGas } from "./dispute.ts";
import { type LifecycleGas, Lifecycles } from "./lifecycle.ts";
import { type OfferGas, offerGas } from "./offers.ts";
import { type SignedFigure, signedGas } from "./signed.ts";

/** Gas, fractions included where it is of one task of many; of signed calls, over the plain ones. */
export interface GasFigures extends Record<SignedFigure, number> {
  singleTaskNative: number;
  singleTaskErc20: number;
  perTask10k: number;
  perTask10k10Batches: number;
  juryDispute: number;
  fulfilFromOffer: number;
  postFromOffer: number;
  claimAwarded: number;
  /** Of twenty relayed in one transaction, over each by itself. */
  relayedSubmitShare: number;
}

export interface GasReport {
  figures: GasFigures;
  /** Of settling one of a hundred batches at once. */
  settlePerBatch: number;
  /** Of a worker, for all its rewards at once. */
  withdrawNative: number;
  withdrawErc20: number;
  jobs: Record<string, LifecycleGas>;
  dispute: DisputeGas;
  offers: OfferGas;
}

export async function measureGas(): Promise<GasReport> {
  const lifecycles = await Lifecycles.start();
  const jobs = {
    "one task": await lifecycles.run({ taskCount: 1, batchSize: 1 }),
    "one task, in tokens": await lifecycles.run({ taskCount: 1, batchSize: 1, paidIn: "tokens" }),
    "10,000 tasks": await lifecycles.run({ taskCount: 10_000, batchSize: 10_000 }),
    "10,000 tasks in 10 batches": await lifecycles.run({ taskCount: 10_000, batchSize: 1000 }),
    "100 tasks in 100 batches": await lifecycles.run({ taskCount: 100, batchSize: 1 }),
  };
  const dispute = await disputeGas();
  const offers = await offerGas();
  return {
    figures: {
      singleTaskNative: Number(jobs["one task"].total),
      singleTaskErc20: Number(jobs["one task, in tokens"].total),
      perTask10k: Number(jobs["10,000 tasks"].total) / 10_000,
      perTask10k10Batches: Number(jobs["10,000 tasks in 10 batches"].total) / 10_000,
      juryDispute: Number(dispute.total),
      fulfilFromOffer: offers.fulfilFromOffer,
      postFromOffer: offers.postFromOffer,
      claimAwarded: offers.claimAwarded,
      relayedSubmitShare: offers.signedSubmitRelayed / offers.signedSubmitAlone,
      ...(await signedGas()),
    },
    settlePerBatch: Number(jobs["100 tasks in 100 batches"].settle) / 100,
    withdrawNative: Number(await lifecycles.withdraw("coins")),
    withdrawErc20: Number(await lifecycles.withdraw("tokens")),
    jobs,
    dispute,
    offers,
  };
}

export async function gas(): Promise<void> {
  const report = await measureGas();
  console.table(report.jobs);
  console.table({ dispute: report.dispute });
  console.table({ offers: report.offers });
  console.log(`Settling 100 batches at once: ${report.settlePerBatch} a batch`);
  console.log(`Withdrawing: ${report.withdrawNative} in coins, ${report.withdrawErc20} in tokens`);
  console.log(JSON.stringify(report.figures));
}
