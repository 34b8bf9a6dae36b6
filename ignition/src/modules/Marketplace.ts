import { buildModule } from "@nomicfoundation/ignition-core";

/**
 * One `Marketplace`. `ignition/parameters/<network>.json` has the constructor's parameters for each chain; their units and
 * bounds stand in `contracts/market/types/Parameters.sol`.
 */
export default buildModule("Marketplace", (m) => {
  // Its code is linked: see `contracts/market/libraries/Remedies.sol`.
  const remedies = m.library("Remedies");
  const parameters = [
    {
      unbondingSeconds: m.getParameter<number>("unbondingSeconds"),
      minChallengeWindowSeconds: m.getParameter<number>("minChallengeWindowSeconds"),
      maxChallengeWindowSeconds: m.getParameter<number>("maxChallengeWindowSeconds"),
      maxSubmitWindowSeconds: m.getParameter<number>("maxSubmitWindowSeconds"),
      responseWindowSeconds: m.getParameter<number>("responseWindowSeconds"),
      disputeTimeoutSeconds: m.getParameter<number>("disputeTimeoutSeconds"),
      minStakePerBatch: m.getParameter<bigint>("minStakePerBatch"),
      expiryPenaltyBps: m.getParameter<number>("expiryPenaltyBps"),
      releaseFeeBps: m.getParameter<number>("releaseFeeBps"),
      slashBps: m.getParameter<number>("slashBps"),
      burnBps: m.getParameter<number>("burnBps"),
      challengerShareBps: m.getParameter<number>("challengerShareBps"),
      challengeBondBps: m.getParameter<number>("challengeBondBps"),
      demandBondBps: m.getParameter<number>("demandBondBps"),
    },
  ];
  const marketplace = m.contract("Marketplace", parameters, { libraries: { Remedies: remedies } });
  return { marketplace, remedies };
});
