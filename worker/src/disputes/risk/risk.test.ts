import { parseEther, parseGwei } from "viem";
import { expect, test } from "vitest";
import { localParameters } from "../../../../test/fixtures/chain.ts";
import { DEFAULT_POLICY } from "../../jobs/policy.ts";
import { refusalOfRisk, riskOfChallenge, riskOfDemand } from "./risk.ts";

const terms = { stakePerBatch: parseEther("0.1") };
const feeWei = parseEther("0.0003");
const cheap = { number: 1, feeWei, gasPriceWei: parseGwei("0.01") };

test("what a right challenge brings is a challenger's share of the slash, less what the fee takes of it", () => {
  // docs/protocol.md, section 7: 0.1 S − fee/4, and 0.1 S and the fee at risk.
  expect(riskOfChallenge(terms, localParameters, cheap)).toMatchObject({
    gainWei: parseEther("0.01") - feeWei / 4n,
    lossWei: parseEther("0.01") + feeWei,
  });
  expect(riskOfDemand(terms, localParameters, cheap)).toMatchObject({
    gainWei: parseEther("0.01"),
    lossWei: parseEther("0.001"),
  });
});

const { trustInJurors: trust, maxDisputeGasShare } = DEFAULT_POLICY;
const refusal = (risk: Parameters<typeof refusalOfRisk>[0], by = {}) =>
  refusalOfRisk(risk, { trust, maxDisputeGasShare, ...by });

test("a challenge is made as long as it is likely to pay, gas and all", () => {
  const at = (gwei: string) =>
    riskOfChallenge(terms, localParameters, { number: 1, feeWei, gasPriceWei: parseGwei(gwei) });
  expect(refusal(at("0.01"))).toBeUndefined();
  expect(refusal(at("8"))).toBeUndefined();
  expect(refusal(at("20"))).toBe("gas would take too much of what may be gained");
  expect(refusal(at("20"), { maxDisputeGasShare: 1.2 })).toBeUndefined();
  // One who thinks that jurors guess has nothing to gain; nor has one who would pay the arbiter more than a slash brings.
  expect(refusal(at("0.01"), { trust: 0.3 })).toBe("what may be lost outweighs what may be gained");
  const dear = { number: 1, feeWei: parseEther("0.05"), gasPriceWei: 1n };
  expect(refusal(riskOfChallenge(terms, localParameters, dear))).toBe(
    "what may be lost outweighs what may be gained",
  );
});

test("the n-th challenge of a round puts n² times as much at risk, the n-th demand n times", () => {
  const challenge = (number: number) =>
    riskOfChallenge(terms, localParameters, { ...cheap, number });
  const demand = (number: number) => riskOfDemand(terms, localParameters, { ...cheap, number });
  expect(challenge(3).lossWei).toBe(9n * (parseEther("0.01") + feeWei));
  expect(demand(3).lossWei).toBe(parseEther("0.003"));
  expect(challenge(3).gainWei).toBe(challenge(1).gainWei);
  expect([1, 2, 3].map((number) => refusal(challenge(number)))).toEqual([
    ...[undefined, undefined, "what may be lost outweighs what may be gained"],
  ]);
  // 0.9 · 0.01 ether against a tenth of n · 0.001: half of what is left pays for more than the gas up to the 89th.
  expect([89, 90].map((number) => refusal(demand(number)))).toEqual([
    ...[undefined, "what may be lost outweighs what may be gained"],
  ]);
});
