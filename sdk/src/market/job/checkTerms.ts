import { isAddress, isHex, size } from "viem";
import type { GetParametersReturnType } from "../actions/read/getParameters.ts";
import { InvalidTermsError } from "../errors/job.ts";
import type { JobOptions } from "./submitJob.ts";

type Rules = Pick<
  GetParametersReturnType,
  | "maxSubmitWindowSeconds"
  | "minChallengeWindowSeconds"
  | "maxChallengeWindowSeconds"
  | "minStakePerBatch"
>;

const MAX_U32 = 2 ** 32 - 1;
const MAX_SCORE = 10_000;
const MAX_CLAIM_SECONDS = 365 * 86_400;
const MAX_REWARD = 2n ** 96n - 1n;

/**
 * Checks what the contract would refuse, before anything is stored.
 *
 * @throws {@link InvalidTermsError} that names the option and its range.
 */
export function checkTerms(options: JobOptions, rules: Rules): void {
  const refuse = (name: keyof JobOptions, range: string) => {
    throw new InvalidTermsError(name, options[name], range);
  };
  const whole = (name: keyof JobOptions, least: number, most: number) => {
    const value = options[name];
    const isRight = Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
    if (value !== undefined && !isRight) refuse(name, `a whole number from ${least} to ${most}`);
  };
  const amount = (name: keyof JobOptions, least: bigint, most: bigint) => {
    const value = options[name];
    if (value === undefined) return;
    if (typeof value !== "bigint" || value < least || value > most) {
      refuse(name, `a bigint from ${least} to ${most}`);
    }
  };
  if (options.rewardPerTask === undefined) refuse("rewardPerTask", "a bigint");
  amount("rewardPerTask", 1n, MAX_REWARD);
  amount("stakePerBatch", rules.minStakePerBatch, MAX_REWARD);
  amount("maxSteps", 1n, 2n ** 64n - 1n);
  whole("batchSize", 1, MAX_U32);
  whole("minScore", 0, MAX_SCORE);
  whole("maxResultBytes", 0, MAX_U32);
  whole("claimForSeconds", 0, MAX_CLAIM_SECONDS);
  whole("submitWindowSeconds", 1, rules.maxSubmitWindowSeconds);
  const { minChallengeWindowSeconds: shortest, maxChallengeWindowSeconds: longest } = rules;
  whole("challengeWindowSeconds", shortest, longest);
  for (const name of ["token", "arbiter"] as const) {
    const value: unknown = options[name];
    if (value !== undefined && !(typeof value === "string" && isAddress(value))) {
      refuse(name, "an address");
    }
  }
  const { machineRoot } = options;
  if (machineRoot !== undefined && !(isHex(machineRoot) && size(machineRoot) === 32)) {
    refuse("machineRoot", "32 bytes in hex, or nothing: it follows from the program");
  }
  if (options.from !== undefined && !["value", "credit"].includes(options.from)) {
    refuse("from", '"value" or "credit"');
  }
}
