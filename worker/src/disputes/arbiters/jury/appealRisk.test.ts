import { parseEther } from "viem";
import { expect, test } from "vitest";
import { localJuryParameters, localParameters } from "../../../../../test/fixtures/chain.ts";
import { riskOfAppeal } from "./appealRisk.ts";

const terms = { stakePerBatch: parseEther("0.1") };
const feeWei = parseEther("0.0003");

test("an appeal is weighed by what the ruling takes from the party", () => {
  const appealFeeWei = 7n * localJuryParameters.seatFeeWei;
  const common = {
    ...{ terms, parameters: localParameters, jury: localJuryParameters, feeWei, appealFeeWei },
    ...{ rewardWei: parseEther("0.02"), bondWei: parseEther("0.04"), gasPriceWei: 1n },
  };
  // Two seats that lose a fifth of a ticket pay 0.0004 ether, more than the appeal's fee.
  expect(riskOfAppeal("worker", { ...common, ruled: "against" })).toMatchObject({
    gainWei: parseEther("0.05") + parseEther("0.02") + parseEther("0.02"),
    lossWei: appealFeeWei,
  });
  // Undecided, it is paid all the same.
  expect(riskOfAppeal("worker", { ...common, ruled: "undecided" }).gainWei).toBe(
    parseEther("0.02"),
  );
  const reward = parseEther("0.01") + (3n * feeWei) / 4n;
  expect(riskOfAppeal("challenger", { ...common, ruled: "against" }).gainWei).toBe(
    reward + parseEther("0.04"),
  );
  const small = { ...localJuryParameters, minoritySlashBps: 500 };
  const unpaid = appealFeeWei - 2n * (localJuryParameters.ticketWei / 20n);
  expect(riskOfAppeal("challenger", { ...common, jury: small, ruled: "undecided" }).gainWei).toBe(
    reward + parseEther("0.02") - unpaid,
  );
});
