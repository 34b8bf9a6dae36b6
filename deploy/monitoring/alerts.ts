import { metricTree } from "../../worker/src/observe/metricTree.ts";
import { increase, rate, series } from "./expressions.ts";

/** Name of the scrape job of nodes in Prometheus' configuration. */
export const JOB = "assay";

export interface Alert {
  /** In a few words; the rule's own name is `Assay` and these. */
  name: string;
  expression: string;
  /** How long it may last before somebody has to know: `5m`. */
  for: string;
  /** `critical`: stake or claimed work is at risk now. `warning`: the node earns less than it could. */
  severity: "critical" | "warning";
  /** What it means, and what to do: Markdown. */
  advice: string;
}

const { node, chain, account, jobs, batches, disputes, p2p, disk, process } = metricTree;

/** What to watch of a node; the table in docs/operating.md and the rules for Prometheus are made of it. */
export const alerts: readonly Alert[] = [
  {
    name: "node is gone",
    expression: `up{job="${JOB}"} == 0`,
    for: "5m",
    severity: "critical",
    advice:
      "The process does not answer. `systemctl status assay`: exit code 2 is the configuration, 3 the database, else look at the last lines of its log.",
  },
  {
    name: "node is not ready",
    expression: `${series(node.ready)} == 0`,
    for: "15m",
    severity: "warning",
    advice: "`/ready` names the check that fails, `assay_node_check` too; the rows below say more.",
  },
  {
    name: "nothing moves",
    expression: `${series(node.stalled)} > 120`,
    for: "5m",
    severity: "critical",
    advice:
      "The log's `no progress` and `/ready` say where (`start`, `chain`, `blocks`, `work`) and why; the table below says what to do.",
  },
  {
    name: "endpoint contradicts itself",
    expression: `${increase(chain.endpointTroubles, "1h", { trouble: "doubted" })} > 0`,
    for: "0m",
    severity: "warning",
    advice:
      "What it says does not fit the chain's hashes: events may be missing there. Replace it, or add a second one.",
  },
  {
    name: "chain is not followed",
    expression: `${series(chain.followed)} == 0`,
    for: "5m",
    severity: "critical",
    advice:
      "No RPC endpoint answers. Add a second one; claimed batches go on, and cannot be submitted.",
  },
  {
    name: "head is stale",
    expression: `time() - ${series(chain.headTimestamp)} > 300`,
    for: "5m",
    severity: "critical",
    advice:
      "The endpoint answers with old blocks, or the chain stands still. Compare with another one.",
  },
  {
    name: "a role has no stake",
    expression: `${series(node.check, { check: /stake|jurorStake/ })} == 0`,
    for: "10m",
    severity: "warning",
    advice:
      "The node cannot work in that role. Raise `policy.stake` or `policy.jurorStake`, send the account as much, and start the node again.",
  },
  {
    name: "no arbiter is accepted",
    expression: `${series(node.check, { check: "arbiter" })} == 0`,
    for: "1d",
    severity: "warning",
    advice:
      "Jobs with a jury are refused. Name the JuryArbiter as `policy.arbiters`, if you trust it.",
  },
  {
    name: "a move is due",
    expression: `${series(node.check, { check: "dispute" })} == 0`,
    for: "0m",
    severity: "critical",
    advice:
      "A move before a proof arbiter could not be made yet, or little time is left: `/ready` says why (no gas, an input that nobody gives, memory). When the clock is over, the stake is lost.",
  },
  {
    name: "games are given up",
    expression: `${increase(disputes.givenUp, "1d")} > 0`,
    for: "0m",
    severity: "critical",
    advice:
      "The log's `game given up` says why. If it is the node's own result that is wrong: as for a slashed stake.",
  },
  {
    name: "jobs are refused",
    expression: `sum by (job, instance, reason) (${increase(jobs.refused, "1d")}) > 20`,
    for: "1d",
    severity: "warning",
    advice:
      "The reason says which part of the policy stands in the way; `assay worker status` has the counts, the log's `job refused` the words.",
  },
  {
    name: "no gas",
    expression: `${series(account.balance)} < 1600000 * ${series(chain.gasPrice)}`,
    for: "10m",
    severity: "critical",
    advice:
      "The account cannot pay for a batch's transactions, or for a dispute. Send it some: claimed batches expire otherwise.",
  },
  {
    name: "gas eats the pay",
    expression: `sum without (action) (${rate(chain.fees, "1d")}) > 0.5 * ${rate(account.earned, "1d")}`,
    for: "1d",
    severity: "warning",
    advice: "Raise `policy.minReward`, lower `policy.maxGasShare`.",
  },
  {
    name: "stake is slashed",
    expression: `${increase(account.slashed, "1h")} > 0`,
    for: "0m",
    severity: "critical",
    advice:
      "A result was found wrong. Drain at once: memory or processor may be broken, or the version. Run its job elsewhere and compare.",
  },
  {
    name: "batches are lost",
    expression: `${increase(batches.lost, "6h")} > 3`,
    for: "0m",
    severity: "warning",
    advice:
      "Deadlines were missed. Lower `policy.batchesAtOnce`; look for a slow disk or a starved processor.",
  },
  {
    name: "nothing is claimed",
    expression: `${increase(batches.claimed, "6h")} == 0 and ignoring (state) ${series(jobs.known, { state: "tried" })} > 0`,
    for: "1h",
    severity: "warning",
    advice:
      "There is work, and it is not for us: the stake is locked (`assay_jobs_stake_short_total`), or the policy is too strict.",
  },
  {
    name: "jobs wait",
    expression: `${series(jobs.held)} > 0`,
    for: "1h",
    severity: "warning",
    advice:
      "`assay worker status` says why: the free stake, gas, inputs that nobody gives, or an arbiter that could not decide.",
  },
  {
    name: "disk is full",
    expression: `${series(disk.full)} == 1`,
    for: "10m",
    severity: "warning",
    advice:
      "Nothing is claimed until there is room. Free some, or raise `node.diskQuota`; what unsettled batches need is never evicted.",
  },
  {
    name: "no peers",
    expression: `${series(p2p.connections)} == 0`,
    for: "10m",
    severity: "warning",
    advice:
      "Inputs cannot be fetched. Look at `p2p.bootstrap`, the firewall and `assay net status`.",
  },
  {
    name: "network has come apart",
    expression: `${series(p2p.parted)} == 1`,
    for: "5m",
    severity: "warning",
    advice:
      "A third of the peers or more were lost at once and are dialled again. Look at this machine's network; on many nodes at once it is the network between them.",
  },
  {
    name: "nobody can reach the node",
    expression: `${series(p2p.reach, { state: "unreachable" })} == 1`,
    for: "15m",
    severity: "warning",
    advice:
      "It works, and others get its results only where it dials them. [Behind a NAT](#behind-a-nat) says what to do.",
  },
  {
    name: "results are not found",
    expression: `${increase(p2p.providesFailed, "1h")} > 10`,
    for: "1h",
    severity: "warning",
    advice: "The DHT is not told of results: requesters do not find them. As for no peers.",
  },
  {
    name: "clock is wrong",
    expression: `abs(${series(p2p.clockAhead)}) > 2`,
    for: "10m",
    severity: "warning",
    advice: "Messages are taken for stale, and windows are missed. Set the clock by NTP.",
  },
  {
    name: "unexpected failures",
    expression: `${increase(node.stepsFailed, "1h")} > 10`,
    for: "1h",
    severity: "warning",
    advice:
      "The log has `step failed` with error and code. Each is tried again; if it does not cease, report it.",
  },
  {
    name: "memory",
    expression: `${series(process.memory)} > 600e6`,
    for: "30m",
    severity: "warning",
    advice: "More than a large job takes. Report it with the log; a restart loses nothing.",
  },
  {
    name: "a verdict is not revealed",
    expression: `${series(disputes.committed)} > ${series(disputes.verdicts)}`,
    for: "1d",
    severity: "critical",
    advice: "Longer than any reveal window: the juror was off, or cannot pay.",
  },
];

/** The name of an alert's rule: `AssayNodeIsGone`. */
export function ruleName({ name }: Alert): string {
  const words = name.split(" ").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return `Assay${words.join("")}`;
}
