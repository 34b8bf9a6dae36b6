import { type Direct, QUOTE, quoteFields, readAskedJob } from "@assay/network";
import { type AskedJob, isDoneInTime, type JobId, type WorkerQuote } from "@assay/sdk";
import { hexToBytes } from "viem";
import { type Policy, refusalOf } from "../jobs/policy.ts";
import type { Refusal } from "../jobs/refusal.ts";
import type { NodeRole } from "../kernel/part.ts";
import { VERSION } from "../kernel/version.ts";
import type { PricingPolicy } from "../policy/pricing.ts";
import type { JobRecord } from "../store/nodeStore.ts";

export interface ServicesParameters {
  roles: readonly NodeRole[];
  policy: Policy;
  /** Processes that run tasks. */
  processes: number;
  freeBatches: () => number;
  /** The block up to which the chain was read, and whether it is followed. */
  chain: () => { head: { number: bigint }; isFollowed: boolean };
  /** What a task of the job took here, or of another one with its program. */
  trialOf: (
    job: Pick<AskedJob, "jobId" | "program">,
  ) => Pick<JobRecord, "taskMs" | "taskFuel"> | undefined;
  pricing: PricingPolicy;
  /** What the node has done about a posted job; `undefined` if it does not know it. */
  ownJobOf: (jobId: JobId) => WorkerQuote["job"] | undefined;
}

const NO_WORKER = { code: "ROLE", reason: "this node is no worker" };
const NO_ROOM = { code: "ROOM", reason: "it has no room for a batch now" };

/** Answers the questions of other peers: `quote`, `capabilities`, `status`. */
export function serveOthers(direct: Direct, parameters: ServicesParameters): void {
  const { roles, policy, processes, freeBatches, chain, trialOf, pricing, ownJobOf } = parameters;
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
    const trial = trialOf(asked);
    // How many tasks there are is not asked: all batches count as whole ones.
    const offer = { ...asked, taskCount: asked.batchSize };
    const tried = { taskFuel: trial?.taskFuel ?? asked.fuelPerTask };
    const price = await pricing.askedReward(offer, tried);
    const refusal = roles.includes("worker")
      ? (refusalOf(asked, asked, policy) ??
        unlessUnmeasured(await pricing.refusalOf(offer, tried)) ??
        lateRefusal(asked, trial?.taskMs) ??
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

  /** By the trial of the program here, if there was one. */
  function lateRefusal(
    { batchSize: tasks, submitWindowSeconds }: AskedJob,
    taskMs: number | undefined,
  ): Refusal | undefined {
    if (taskMs === undefined || submitWindowSeconds === undefined) return undefined;
    const isInTime = isDoneInTime({ tasks, taskMs, processes, submitWindowSeconds });
    return isInTime ? undefined : { code: "TIME", reason: "a batch would not be done in time" };
  }
}

/** It would try a task of a program that it has not seen, and know then. */
function unlessUnmeasured(refusal: Refusal | undefined): Refusal | undefined {
  return refusal?.code === "FUEL" ? undefined : refusal;
}
