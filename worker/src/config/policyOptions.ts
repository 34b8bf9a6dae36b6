import { listOption, option } from "./definition.ts";
import { parseTag, parseTagRule } from "./tagRules.ts";
import { eachTokenOnce, parseTokenPrice } from "./tokenPrices.ts";
import {
  parseAddress,
  parseAmount,
  parseCid,
  parseCount,
  parseDuration,
  parseGasShare,
  parseRatio,
  parseShare,
  parseSize,
} from "./values.ts";

/** Options of a node's policy, which jobs it takes and what it risks: keys below `policy`. */
export const policyOptions = {
  stake: option({
    placeholder: "<amount>",
    describe: "what the stake is topped up to: 0.5 (ether), 20gwei, 1000wei",
    key: "policy.stake",
    defaultsTo: "what is staked already",
    parse: parseAmount,
  }),
  "min-reward": option({
    placeholder: "<amount>",
    describe: "least reward of a task; of one that is paid in a token, by the token's price",
    key: "policy.minReward",
    default: "0",
    parse: parseAmount,
  }),
  "price-per-gigafuel": option({
    placeholder: "<amount>",
    describe:
      "price of 10^9 units of fuel, as a task's trial measures it: some 0.2 to 0.5 s of a core",
    key: "policy.pricePerGigafuel",
    default: "0",
    parse: parseAmount,
  }),
  "load-markup": option({
    placeholder: "<ratio>",
    describe:
      "how much more is asked when all room for batches is taken: 0.5 is half as much again",
    key: "policy.loadMarkup",
    default: "0",
    parse: parseRatio,
  }),
  token: listOption({
    placeholder: "<address>@<amount>",
    describe:
      "an ERC-20 token that is taken as pay, and what one of it is worth: 0x…@0.0004 (ether); without one, jobs that pay in tokens are refused",
    key: "policy.tokens",
    parse: parseTokenPrice,
    checkAll: eachTokenOnce,
  }),
  "batches-at-once": option({
    placeholder: "<n>",
    describe: "batches that are claimed and not submitted at a time",
    key: "policy.batchesAtOnce",
    default: "1",
    parse: parseCount,
  }),
  arbiter: listOption({
    placeholder: "<address>",
    describe:
      "an arbiter whose rulings on the stake are accepted; without one, jobs that have one are refused",
    key: "policy.arbiters",
    parse: parseAddress,
  }),
  "audit-rate": option({
    placeholder: "<share>",
    describe: "share of a batch that an auditor recomputes, at least one task",
    key: "policy.auditRate",
    default: "0.05",
    parse: parseShare,
  }),
  "min-audit-reward": option({
    placeholder: "<amount>",
    describe:
      "least reward of a batch that is audited; what is paid in a token that is not taken counts as nothing",
    key: "policy.minAuditReward",
    default: "0",
    parse: parseAmount,
  }),
  "audit-cpu": option({
    placeholder: "<duration>",
    describe: "most that audits take of the processors in any hour",
    key: "policy.auditCpu",
    default: "30m",
    parse: parseDuration,
  }),
  "withheld-after": option({
    placeholder: "<share>",
    describe:
      "share of a challenge window for which a result is looked for before it is challenged",
    key: "policy.withheldAfter",
    default: "0.25",
    parse: parseShare,
  }),
  "max-locked": option({
    placeholder: "<amount>",
    describe: "most in bonds, arbiters' fees and appeals at a time",
    key: "policy.maxLocked",
    defaultsTo: "what the account has, but for its gas",
    parse: parseAmount,
  }),
  "trust-in-jurors": option({
    placeholder: "<share>",
    describe:
      "chance that jurors find what this node has found, by which challenges and appeals are weighed",
    key: "policy.trustInJurors",
    default: "0.9",
    parse: parseShare,
  }),
  "max-dispute-gas": option({
    placeholder: "<ratio>",
    describe:
      "most gas of a challenge or an appeal, by what it is expected to bring: 0.5 is half of that",
    key: "policy.maxDisputeGas",
    default: "0.5",
    parse: parseRatio,
  }),
  jury: option({
    placeholder: "<address>",
    describe: "the JuryArbiter that a juror serves; it is accepted as an arbiter, too",
    key: "policy.jury",
    parse: parseAddress,
  }),
  proof: option({
    placeholder: "<address>",
    describe:
      "the ProofArbiter that the node defends its results before, and challenges others' before; it is accepted as an arbiter, too",
    key: "policy.proof",
    parse: parseAddress,
  }),
  offers: option({
    placeholder: "<address>",
    describe: "the Offers contract, for whose signed offers a worker bids",
    key: "policy.offers",
    parse: parseAddress,
  }),
  "max-bid-bonds": option({
    placeholder: "<amount>",
    describe:
      "most in bonds behind bids at a time: a bond is lost with a turn that is let pass; 0: no bids where a bond is asked for",
    key: "policy.maxBidBonds",
    default: "0",
    parse: parseAmount,
  }),
  "juror-stake": option({
    placeholder: "<amount>",
    describe: "what the juror's stake is topped up to",
    key: "policy.jurorStake",
    defaultsTo: "what is staked already",
    parse: parseAmount,
  }),
  "max-gas-share": option({
    placeholder: "<share>",
    describe:
      "most of a batch's reward that its own gas may cost: 0.2; any takes on what costs more",
    key: "policy.maxGasShare",
    default: "1",
    parse: parseGasShare,
  }),
  program: listOption({
    placeholder: "<cid>",
    describe: "a program that is run; without one, all are",
    key: "policy.programs",
    parse: parseCid,
  }),
  requester: listOption({
    placeholder: "<address>",
    describe: "a requester whose jobs are taken on; without one, all are",
    key: "policy.requesters",
    parse: parseAddress,
  }),
  tag: listOption({
    placeholder: "<tag>",
    describe: "what this node has: gpu, region:eu",
    key: "policy.tags",
    parse: parseTag,
  }),
  "tag-rule": listOption({
    placeholder: "<tags>@<who>",
    describe:
      "jobs of a program (CID), a requester (address) or anybody (*) need a node with these tags: gpu+region:eu@*",
    key: "policy.tagRules",
    parse: parseTagRule,
  }),
  "max-task-memory": option({
    placeholder: "<size>",
    describe: "most memory of a task",
    key: "policy.maxTaskMemory",
    default: "256MiB",
    parse: parseSize,
  }),
  "max-input": option({
    placeholder: "<size>",
    describe: "longest input of a task",
    key: "policy.maxInput",
    default: "64MiB",
    parse: parseSize,
  }),
  "max-result": option({
    placeholder: "<size>",
    describe: "longest result of a task",
    key: "policy.maxResult",
    default: "64MiB",
    parse: parseSize,
  }),
  "max-batch-tasks": option({
    placeholder: "<n>",
    describe: "most tasks of a batch",
    key: "policy.maxBatchTasks",
    default: "100000",
    parse: parseCount,
  }),
  "withdraw-from": option({
    placeholder: "<amount>",
    describe: "credit that is worth a withdrawal while batches still wait for their settlement",
    key: "policy.withdrawFrom",
    default: "0.1",
    parse: parseAmount,
  }),
};
