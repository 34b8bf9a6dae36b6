import { formatEther, zeroAddress, zeroHash } from "viem";
import { MAX_PROVABLE_BYTES } from "../../program/machine/task/task.ts";
import { PAGE_BYTES } from "../../program/module/memory.ts";
import { batchCount, batchRange } from "../../protocol/job/batches.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import { BATCH_GAS, isWorthItsGas, leastReward, NODE_DEFAULTS } from "../cost/nodeCosts.ts";
import { counted, type JobReason } from "./reason.ts";

/** What a node of default policy would refuse by terms and limits alone. */
export function termReasons(
  { terms, spec }: Pick<PostedJob, "terms" | "spec">,
  { gasPrice, isProof }: { gasPrice: bigint; isProof: boolean },
): JobReason[] {
  const { maxMemoryPages, maxResultBytes, maxTasksPerBatch } = NODE_DEFAULTS;
  const reasons = rewardReasons(terms, gasPrice);
  if (spec.memoryPages > maxMemoryPages) {
    reasons.push({
      code: "MEMORY_TOO_LARGE",
      message: `A task may take ${mebibytes(spec.memoryPages * PAGE_BYTES)}, and nodes by default allow ${mebibytes(maxMemoryPages * PAGE_BYTES)}.`,
      fix: `Compile the program with a lower maximum of memory, and post it again with memoryPages of at most ${maxMemoryPages}.`,
    });
  }
  if (spec.maxResultBytes > maxResultBytes) {
    reasons.push({
      code: "RESULT_TOO_LARGE",
      message: `A result may have ${mebibytes(spec.maxResultBytes)}, and nodes by default allow ${mebibytes(maxResultBytes)}.`,
      fix: `Post it again with maxResultBytes of at most ${maxResultBytes}.`,
    });
  }
  if (terms.batchSize > maxTasksPerBatch) {
    reasons.push({
      code: "BATCH_TOO_LARGE",
      message: `A batch has ${counted(terms.batchSize, "task")}, and nodes by default take ${maxTasksPerBatch}.`,
      fix: `Post it again with a batchSize of at most ${maxTasksPerBatch}.`,
    });
  }
  if (isProof) reasons.push(...proofReasons(spec));
  return reasons;
}

/** What a worker could not defend before an arbiter that decides by proofs. */
function proofReasons({ machineRoot, maxResultBytes }: PostedJob["spec"]): JobReason[] {
  const code = "MACHINE_ROOT_WRONG";
  if (machineRoot === zeroHash) {
    return [
      {
        code,
        message: "Its arbiter decides by fraud proofs, and the job names no machine.",
        fix: "Post it again with submitJob, which finds the root by itself, or name a jury.",
      },
    ];
  }
  if (maxResultBytes <= MAX_PROVABLE_BYTES) return [];
  return [
    {
      code,
      message: `Its arbiter decides by fraud proofs, and no result above ${mebibytes(MAX_PROVABLE_BYTES)} can be proved.`,
      fix: `Post it again with maxResultBytes of at most ${MAX_PROVABLE_BYTES}, or name a jury.`,
    },
  ];
}

/** What a token is worth is each node's own matter. */
function rewardReasons(terms: PostedJob["terms"], gasPrice: bigint): JobReason[] {
  if (terms.token !== zeroAddress) return [];
  const gasWei = BATCH_GAS * gasPrice;
  const { maxGasShare } = NODE_DEFAULTS;
  const { count: tasks } = batchRange(terms, batchCount(terms) - 1);
  const rewardWei = terms.rewardPerTask * BigInt(tasks);
  if (isWorthItsGas({ gasWei, rewardWei, maxGasShare })) return [];
  const least = leastReward({ gasWei, tasks, maxGasShare });
  return [
    {
      code: "REWARD_BELOW_GAS",
      message: `A batch of ${counted(tasks, "task")} pays ${formatEther(rewardWei)} ether, and its gas costs a worker ${formatEther(gasWei)} ether now.`,
      fix: `Post it again with ${formatEther(least)} ether a task or more, or with larger batches; or wait until gas is cheaper.`,
    },
  ];
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString("en")} MiB`;
}
