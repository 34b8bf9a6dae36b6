import { type Direct, QUOTE, quoteFields, readAskedJob } from "@assay/network";
import type { JobId, WorkerQuote } from "@assay/sdk";
import type { CID } from "multiformats/cid";
import { hexToBytes } from "viem";
import { type Policy, refusalOf } from "../jobs/policy.ts";
import type { Refusal } from "../jobs/refusal.ts";
import type { NodeRole } from "../kernel/part.ts";
import { VERSION } from "../kernel/version.ts";
import { askedReward, loadOf, type PriceContext, priceRefusal } from "../policy/pricing.ts";
import type { JobRecord } from "../store/nodeStore.ts";

export interface ServicesParameters {
  roles: readonly NodeRole[];
  policy: Policy;
  /** Processes that run tasks. */
  processes: number;
  freeBatches: () => number;
  /** The block up to which the chain was read, and whether it is followed. */
  chain: () => { head: { number: bigint }; isFollowed: boolean };
  /** What a trial of the program took here. */
  trialOf: (program: CID) => Pick<JobRecord, "taskMs" | "taskFuel"> | undefined;
  /** What a batch costs from its claim to its settlement, in wei, lately. */
  batchCost: () => Promise<bigint>;
  /** What the node has done about a posted job; `undefined` if it does not know it. */
  ownJobOf: (jobId: JobId) => WorkerQuote["job"] | undefined;
}

const NO_WORKER = { code: "ROLE", reason: "this node is no worker" };
const NO_ROOM = { code: "ROOM", reason: "it has no room for a batch now" };

/** Answers the questions of other peers: `quote`, `capabilities`, `status`. */
export function serveOthers(direct: Direct, parameters: ServicesParameters): void {
  const { roles, policy, processes, freeBatches, chain, trialOf, batchCost, ownJobOf } = parameters;
  const wei = (amount: bigint) => amount.toString();
  direct.serve("capabilities", () => ({
    ...{ version: VERSION, roles: [...roles], tags: [...policy.tags], processes },
    ...{ maxMemoryPages: policy.maxMemoryPages, maxTasksPerBatch: policy.maxTasksPerBatch },
    maxResultBytes: policy.maxResultBytes,
    minRewardPerTaskWei: wei(policy.minRewardPerTaskWei),
    arbiters: policy.arbiters.map((arbiter) => hexToBytes(arbiter)),
  }));
  direct.serve("status", () => {
    const { head, isFollowed } = chain();
    return { freeBatches: freeBatches(), block: Number(head.number), isFollowed };
  });
  direct.serve(QUOTE, async (body) => {
    const asked = readAskedJob(body);
    const free = freeBatches();
    const trial = trialOf(asked.program);
    const offer = { ...asked, tasks: Math.max(1, asked.batchSize) };
    const context: PriceContext = {
      policy,
      fuelPerTask: trial?.taskFuel ?? asked.fuelPerTask,
      load: loadOf(policy, policy.maxBatchesAtOnce - free),
      batchCostWei: await batchCost(),
    };
    const price = askedReward(offer, context);
    const refusal = roles.includes("worker")
      ? (refusalOf(asked, asked, policy) ??
        unlessUnmeasured(priceRefusal(offer, context)) ??
        (free > 0 ? undefined : NO_ROOM))
      : NO_WORKER;
    return quoteFields({
      isTaken: refusal === undefined,
      code: refusal?.code ?? null,
      reason: refusal?.reason ?? null,
      freeBatches: free,
      taskMs: Math.ceil(trial?.taskMs ?? 0) || null,
      minRewardPerTaskWei: policy.minRewardPerTaskWei,
      askedRewardPerTask: typeof price === "bigint" ? price : null,
      job: (asked.jobId && ownJobOf(asked.jobId)) ?? null,
    });
  });
}

/** It would try a task of a program that it has not seen, and know then. */
function unlessUnmeasured(refusal: Refusal | undefined): Refusal | undefined {
  return refusal?.code === "FUEL" ? undefined : refusal;
}
