import { fileURLToPath } from "node:url";
import hre from "hardhat";
import { expect, it } from "vitest";
import marketplaceModule from "../../ignition/modules/Marketplace.ts";

it("Ignition deploys the Marketplace with the parameters of a local chain", async () => {
  const { ignition } = await hre.network.create();
  const { marketplace } = await ignition.deploy(marketplaceModule, {
    parameters: fileURLToPath(new URL("../../ignition/parameters/local.json", import.meta.url)),
  });

  expect(await marketplace.read.parameters()).toEqual({
    unbondingSeconds: 86_400,
    minChallengeWindowSeconds: 600,
    maxChallengeWindowSeconds: 604_800,
    maxSubmitWindowSeconds: 604_800,
    responseWindowSeconds: 600,
    disputeTimeoutSeconds: 604_800,
    minStakePerBatch: 10n ** 15n,
    expiryPenaltyBps: 2000,
    releaseFeeBps: 100,
    slashBps: 5000,
    burnBps: 1000,
    challengerShareBps: 5000,
    challengeBondBps: 1000,
    demandBondBps: 100,
  });
});
