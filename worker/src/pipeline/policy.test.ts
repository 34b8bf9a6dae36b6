import { cidOf, type JobSpec, type JobTerms } from "@assay/sdk";
import { zeroAddress } from "viem";
import { expect, test } from "vitest";
import { DEFAULT_POLICY, isDoneInTime, type Policy, refusalOf } from "./policy.ts";

const arbiter = "0x00000000000000000000000000000000000000A5";
const spec: JobSpec = {
  ...{ program: cidOf(new Uint8Array()), manifest: cidOf(new Uint8Array()) },
  ...{ inputRoot: "0x", memoryPages: 16, maxResultBytes: 1_000, maxSteps: 1n },
};
const terms: JobTerms = {
  ...{ requester: zeroAddress, token: zeroAddress, arbiter: zeroAddress },
  ...{ taskCount: 100, batchSize: 10, rewardPerTask: 10n, stakePerBatch: 100n, minScore: 0 },
  ...{
    claimUntil: 0,
    submitWindowSeconds: 60,
    challengeWindowSeconds: 60,
    salt: 0n,
    specHash: "0x",
  },
};
const policy: Policy = { ...DEFAULT_POLICY, stakeWei: 100n, minRewardPerTaskWei: 10n };

test("a job within the policy is not refused", () => {
  expect(refusalOf(terms, spec, policy)).toBeUndefined();
  expect(
    refusalOf({ ...terms, arbiter }, spec, { ...policy, arbiters: [arbiter] }),
  ).toBeUndefined();
});

test.each<[string, Partial<JobTerms>, Partial<JobSpec>]>([
  ["the reward is not in the native coin", { token: arbiter }, {}],
  ["its arbiter is not one that this node accepts", { arbiter }, {}],
  ["the reward is too low", { rewardPerTask: 9n }, {}],
  ["a batch needs more stake than this node holds", { stakePerBatch: 101n }, {}],
  ["a batch has too many tasks", { batchSize: 100_001 }, {}],
  ["a task may use too much memory", {}, { memoryPages: 65_536 }],
  ["a result may be too long", {}, { maxResultBytes: 2 ** 31 }],
])("%s", (reason, otherTerms, otherSpec) => {
  expect(refusalOf({ ...terms, ...otherTerms }, { ...spec, ...otherSpec }, policy)).toBe(reason);
});

test("a batch is done in time if twice the estimate and the rest fit its window", () => {
  const batch = { tasks: 100, taskMs: 100, processes: 2 };
  expect(isDoneInTime({ ...batch, submitWindowSeconds: 15 })).toBe(true);
  expect(isDoneInTime({ ...batch, submitWindowSeconds: 14 })).toBe(false);
});
