import { type Direct, QUOTE, quoteFields, readAskedJob } from "@assay/network";
import type { JobId, WorkerQuote } from "@assay/sdk";
import type { CID } from "multiformats/cid";
import { hexToBytes } from "viem";
import { type Policy, refusalOf } from "../jobs/policy.ts";
import type { NodeRole } from "../kernel/part.ts";
import { VERSION } from "../kernel/version.ts";

export interface ServicesParameters {
  roles: readonly NodeRole[];
  policy: Policy;
  /** Processes that run tasks. */
  processes: number;
  freeBatches: () => number;
  /** The block up to which the chain was read, and whether it is followed. */
  chain: () => { head: { number: bigint }; isFollowed: boolean };
  taskMsOf: (program: CID) => number | undefined;
  /** What the node has done about a posted job; `undefined` if it does not know it. */
  ownJobOf: (jobId: JobId) => WorkerQuote["job"] | undefined;
}

const NO_WORKER = { code: "ROLE", reason: "this node is no worker" };
const NO_ROOM = { code: "ROOM", reason: "it has no room for a batch now" };

/** Answers the questions of other peers: `quote`, `capabilities`, `status`. */
export function serveOthers(direct: Direct, parameters: ServicesParameters): void {
  const { roles, policy, processes, freeBatches, chain, taskMsOf, ownJobOf } = parameters;
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
  direct.serve(QUOTE, (body) => {
    const asked = readAskedJob(body);
    const free = freeBatches();
    const refusal = roles.includes("worker")
      ? (refusalOf(asked, asked, policy) ?? (free > 0 ? undefined : NO_ROOM))
      : NO_WORKER;
    return quoteFields({
      isTaken: refusal === undefined,
      code: refusal?.code ?? null,
      reason: refusal?.reason ?? null,
      freeBatches: free,
      taskMs: Math.ceil(taskMsOf(asked.program) ?? 0) || null,
      minRewardPerTaskWei: policy.minRewardPerTaskWei,
      job: (asked.jobId && ownJobOf(asked.jobId)) ?? null,
    });
  });
}
