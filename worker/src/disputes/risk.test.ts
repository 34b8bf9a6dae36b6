import { parseEther, parseGwei } from "viem";
import { expect, test } from "vitest";
import { localJuryParameters, localParameters } from "../../../test/fixtures/chain.ts";
import { DEFAULT_POLICY } from "../pipeline/policy.ts";
import { refusalOfRisk, riskOfAppeal, riskOfChallenge, riskOfDemand } from "./risk.ts";

const terms = { stakePerBatch: parseEther("0.1") };
const feeWei = parseEther("0.0003");
const cheap = { feeWei, gasPriceWei: parseGwei("0.01") };

test("what a right challenge brings is a challenger's share of the slash, less what the fee takes of it", () => {
  // docs/protocol.md, section 7: 0.225 S − fee/2, and 0.1 S and the fee at risk.
  expect(riskOfChallenge(terms, localParameters, cheap)).toMatchObject({
    gainWei: parseEther("0.0225") - feeWei / 2n,
    lossWei: parseEther("0.01") + feeWei,
  });
  expect(riskOfDemand(terms, localParameters, cheap)).toMatchObject({
    gainWei: parseEther("0.0225"),
    lossWei: parseEther("0.001"),
  });
});

test("a challenge is made as long as it is likely to pay, gas and all", () => {
  const refusal = (risk: Parameters<typeof refusalOfRisk>[0], policy = {}) =>
    refusalOfRisk(risk, { ...DEFAULT_POLICY, ...policy });
  const at = (gwei: string) =>
    riskOfChallenge(terms, localParameters, { feeWei, gasPriceWei: parseGwei(gwei) });
  expect(refusal(at("0.01"))).toBeUndefined();
  expect(refusal(at("20"))).toBeUndefined();
  expect(refusal(at("60"))).toBe("gas would take too much of what may be gained");
  expect(refusal(at("60"), { maxDisputeGasShare: 1.2 })).toBeUndefined();
  // One who thinks that jurors guess has nothing to gain; nor has one who would pay the arbiter more than a slash brings.
  expect(refusal(at("0.01"), { trustInJurors: 0.3 })).toBe(
    "what may be lost outweighs what may be gained",
  );
  const dear = { feeWei: parseEther("0.05"), gasPriceWei: 1n };
  expect(refusal(riskOfChallenge(terms, localParameters, dear))).toBe(
    "what may be lost outweighs what may be gained",
  );
});

test("an appeal is weighed by what the ruling takes from the party", () => {
  const appealFeeWei = 7n * localJuryParameters.seatFeeWei;
  const common = {
    ...{ terms, parameters: localParameters, jury: localJuryParameters, feeWei, appealFeeWei },
    ...{ rewardWei: parseEther("0.02"), gasPriceWei: 1n },
  };
  // Two seats that lose a fifth of a ticket pay 0.0004 ether, more than the appeal's fee.
  expect(riskOfAppeal("worker", { ...common, ruled: "against" })).toMatchObject({
    gainWei: parseEther("0.05") + parseEther("0.02") + parseEther("0.01"),
    lossWei: appealFeeWei,
  });
  expect(riskOfAppeal("worker", { ...common, ruled: "undecided" }).gainWei).toBe(
    parseEther("0.02") + parseEther("0.01"),
  );
  expect(riskOfAppeal("challenger", { ...common, ruled: "against" }).gainWei).toBe(
    parseEther("0.0225") + feeWei / 2n + parseEther("0.01"),
  );
  const small = { ...localJuryParameters, minoritySlashBps: 500 };
  const unpaid = appealFeeWei - 2n * (localJuryParameters.ticketWei / 20n);
  expect(riskOfAppeal("challenger", { ...common, jury: small, ruled: "undecided" }).gainWei).toBe(
    parseEther("0.0225") + feeWei / 2n - unpaid,
  );
});
