import type { NodeEventName, NodeEvents, Report } from "../kernel/events.ts";
import type { Metrics } from "./metrics.ts";

type Feeds = { [Name in NodeEventName]?: (fields: NodeEvents[Name]) => void };

/** Updates the metrics from the node's events. */
export function feedMetrics(metrics: Metrics): Report {
  const { account, batches, chain, disk, disputes, jobs, node, p2p, tasks } = metrics;
  /** Batches that were claimed while we counted: when, and how many of their tasks are computed. */
  const underWay = new Map<string, { claimedAt: number; done: number }>();
  const keyOf = ({ jobId, batch }: { jobId: string; batch: number }) => `${jobId}/${batch}`;

  function endpointTrouble(endpoint: string, trouble: string): void {
    chain.endpointTroubles.inc({ endpoint, trouble });
    chain.endpointOk.set({ endpoint }, 0);
  }

  const feeds: Feeds = {
    "job discovered": () => jobs.discovered.inc(),
    "job ready": ({ taskMs }) => {
      jobs.ready.inc();
      jobs.trial.observe(taskMs / 1_000);
    },
    "job refused": ({ code }) => jobs.refused.inc({ reason: code.toLowerCase() }),
    "job not looked into yet": () => jobs.delayed.inc(),
    "batch not worked on yet": () => jobs.delayed.inc(),
    "arbiter cannot decide": () => jobs.delayed.inc(),
    "stake is short": () => jobs.stakeShort.inc(),
    "batch claimed": (batch) => {
      batches.claimed.inc();
      underWay.set(keyOf(batch), { claimedAt: performance.now(), done: 0 });
    },
    "batch taken": () => batches.taken.inc(),
    "claim expired": () => batches.expired.inc(),
    "batch lost": (batch) => {
      batches.lost.inc();
      underWay.delete(keyOf(batch));
    },
    "task computed": (batch) => {
      const known = underWay.get(keyOf(batch));
      // One that was begun before a restart is counted from where it stands now.
      if (known !== undefined) tasks.computed.inc(batch.done - known.done);
      underWay.set(keyOf(batch), { claimedAt: Number.NaN, ...known, done: batch.done });
    },
    "batch submitted": (batch) => {
      batches.submitted.inc();
      const { claimedAt = Number.NaN } = underWay.get(keyOf(batch)) ?? {};
      underWay.delete(keyOf(batch));
      const seconds = (performance.now() - claimedAt) / 1_000;
      if (Number.isFinite(seconds)) batches.turnaround.observe(seconds);
    },
    "batch settled": ({ rewardWei }) => {
      batches.settled.inc();
      account.earned.inc(Number(rewardWei));
    },
    "stake slashed": ({ slashedWei }) => account.slashed.inc(Number(slashedWei)),
    "credit withdrawn": ({ amountWei }) => account.withdrawn.inc(Number(amountWei)),
    "juror credit withdrawn": ({ amountWei }) => account.withdrawn.inc(Number(amountWei)),
    "transaction mined": ({ action, gasUsed, feeWei }) => {
      chain.transactions.inc({ action });
      chain.gas.inc({ action }, Number(gasUsed));
      chain.fees.inc({ action }, Number(feeWei));
    },
    "gas is short": () => chain.gasShort.inc(),
    "transaction replaced": () => chain.mended.inc({ how: "replaced" }),
    "transaction sent again": () => chain.mended.inc({ how: "sent again" }),
    "transaction dropped": () => chain.mended.inc({ how: "dropped" }),
    "nonce gap filled": () => chain.mended.inc({ how: "gap filled" }),
    "fee cap reached": () => chain.mended.inc({ how: "held by the fee cap" }),
    "chain reorganised": ({ depth }) => {
      chain.reorganisations.inc();
      chain.replacedBlocks.inc(depth);
    },
    "logs were missing": () => chain.missingLogs.inc(),
    "logs not checked": ({ blocks }) => chain.unchecked.inc(Number(blocks)),
    "endpoint doubted": ({ endpoint }) =>
      chain.endpointTroubles.inc({ endpoint, trouble: "doubted" }),
    "endpoint dropped": ({ endpoint }) => endpointTrouble(endpoint, "dropped"),
    "endpoint left alone": ({ endpoint }) => endpointTrouble(endpoint, "left alone"),
    "endpoint behind": ({ endpoint }) => endpointTrouble(endpoint, "behind"),
    "endpoint back": ({ endpoint }) => chain.endpointOk.set({ endpoint }, 1),
    "leaf revealed": () => disputes.revealed.inc(),
    "batch audited": () => disputes.audited.inc(),
    "wrong result found": () => disputes.wrong.inc(),
    "batch challenged": () => disputes.challenged.inc(),
    "challenge dropped": () => disputes.dropped.inc(),
    "preparation reclaimed": () => disputes.reclaimed.inc(),
    "results withheld": () => disputes.withheld.inc(),
    "result withheld": () => disputes.withheld.inc(),
    "leaf demanded": () => disputes.demanded.inc(),
    "demand forfeited": () => disputes.forfeited.inc(),
    "challenge put off": () => disputes.putOff.inc(),
    "audit budget is spent": () => disputes.budgetSpent.inc(),
    "ruling appealed": () => disputes.appealed.inc(),
    "move made": ({ move }) => disputes.moves.inc({ move }),
    "move put off": () => disputes.movesPutOff.inc(),
    "game given up": () => disputes.givenUp.inc(),
    "proof credit withdrawn": ({ amountWei }) => account.withdrawn.inc(Number(amountWei)),
    "verdict not revealed": () => disputes.verdictsLost.inc(),
    "dispute resolved": () => disputes.resolved.inc(),
    "verdict committed": () => disputes.committed.inc(),
    "verdict revealed": () => disputes.verdicts.inc(),
    "peer banned": ({ reason }) => p2p.banned.inc({ reason }),
    "results not provided yet": () => p2p.providesFailed.inc(),
    "blocks evicted": ({ bytes }) => disk.evicted.inc(bytes),
    "chain not followed": () => chain.outages.inc(),
    "step failed": ({ step }) => node.stepsFailed.inc({ step }),
  };
  return (name, fields) => feeds[name]?.(fields);
}
