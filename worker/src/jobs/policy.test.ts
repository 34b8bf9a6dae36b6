import { cidOf, isDoneInTime, isWorthItsGas, type JobSpec, type JobTerms } from "@assay/sdk";
import { zeroAddress, zeroHash } from "viem";
import { expect, test } from "vitest";
import { DEFAULT_POLICY, type Policy, refusalOf, type TagRule, tagsOf } from "./policy.ts";
import { worthOf } from "./worth.ts";

const arbiter = "0x00000000000000000000000000000000000000A5";
const spec: JobSpec = {
  ...{ program: cidOf(new Uint8Array()), manifest: cidOf(new Uint8Array()) },
  ...{ inputRoot: "0x", memoryPages: 16, maxResultBytes: 1_000, maxSteps: 1n },
  machineRoot: zeroHash,
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
  [`it pays in a token that this node does not take: ${arbiter}`, { token: arbiter }, {}],
  ["its arbiter is not one that this node accepts", { arbiter }, {}],
  ["the reward is too low", { rewardPerTask: 9n }, {}],
  ["a batch needs more stake than this node holds", { stakePerBatch: 101n }, {}],
  ["a batch has too many tasks", { batchSize: 100_001 }, {}],
  ["a task may use too much memory", {}, { memoryPages: 65_536 }],
  ["a result may be too long", {}, { maxResultBytes: 2 ** 31 }],
])("%s", (reason, otherTerms, otherSpec) => {
  expect(refusalOf({ ...terms, ...otherTerms }, { ...spec, ...otherSpec }, policy)?.reason).toBe(
    reason,
  );
});

test("a token is taken at its price in the native coin, and no other", () => {
  // A whole one is 1,000,000 of its units, and worth 5,000,000 wei.
  const tokens = [{ address: arbiter, weiPerToken: 5_000_000n, decimals: 6 }] as const;
  const refused = (rewardPerTask: bigint) =>
    refusalOf({ ...terms, token: arbiter, rewardPerTask }, spec, { ...policy, tokens })?.reason;
  expect(refused(2n)).toBeUndefined();
  expect(refused(1n)).toBe("the reward is too low");
  expect(worthOf({ tokens }, arbiter, 7n)).toBe(35n);
  expect(worthOf({ tokens }, zeroAddress, 7n)).toBe(7n);
  expect(worthOf({ tokens: [] }, arbiter, 7n)).toBeUndefined();
  const dust = [{ address: arbiter, weiPerToken: 1n, decimals: 18 }] as const;
  expect(worthOf({ tokens: dust }, arbiter, 10n ** 18n - 1n)).toBe(0n);
});

test("only what is allowed is taken on, where anything is named", () => {
  const refused = (other: Partial<Policy>) =>
    refusalOf(terms, spec, { ...policy, ...other })?.reason;
  expect(refused({ requesters: [arbiter] })).toBe(
    "its requester is not one that this node works for",
  );
  expect(refused({ requesters: [arbiter, zeroAddress] })).toBeUndefined();
  expect(refused({ programs: [cidOf(Uint8Array.of(1))] })).toBe(
    "its program is not one that this node runs",
  );
  expect(refused({ programs: [cidOf(Uint8Array.of(1)), spec.program] })).toBeUndefined();
});

test("a job needs the tags of every rule that fits it", () => {
  const tagRules: TagRule[] = [
    { tags: ["region:eu"] },
    { program: spec.program, tags: ["gpu", "region:eu"] },
    { program: cidOf(Uint8Array.of(1)), tags: ["huge"] },
    { requester: arbiter, tags: ["private"] },
  ];
  expect(tagsOf(terms, spec, { tagRules })).toEqual(["region:eu", "gpu"]);
  expect(tagsOf({ requester: arbiter }, spec, { tagRules })).toEqual([
    ...["region:eu", "gpu", "private"],
  ]);
  expect(refusalOf(terms, spec, { ...policy, tagRules, tags: ["gpu"] })?.reason).toBe(
    "it needs what this node has not: region:eu",
  );
  expect(
    refusalOf(terms, spec, { ...policy, tagRules, tags: ["gpu", "region:eu", "fast"] }),
  ).toBeUndefined();
});

test("gas is weighed against the reward by the share that it may take", () => {
  const batch = { gasWei: 20n, rewardWei: 100n };
  expect(isWorthItsGas({ ...batch, maxGasShare: 0.2 })).toBe(true);
  expect(isWorthItsGas({ ...batch, maxGasShare: 0.199 })).toBe(false);
  expect(isWorthItsGas({ gasWei: 101n, rewardWei: 100n, maxGasShare: 1 })).toBe(false);
  expect(isWorthItsGas({ gasWei: 10n ** 30n, rewardWei: 0n, maxGasShare: Infinity })).toBe(true);
});

test("a batch is done in time if twice the estimate and the rest fit its window", () => {
  const batch = { tasks: 100, taskMs: 100, processes: 2 };
  expect(isDoneInTime({ ...batch, submitWindowSeconds: 15 })).toBe(true);
  expect(isDoneInTime({ ...batch, submitWindowSeconds: 14 })).toBe(false);
});
