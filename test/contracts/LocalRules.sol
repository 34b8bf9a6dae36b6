// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Parameters} from "../../contracts/market/types/Parameters.sol";

/// @notice The rules of the Marketplaces that the fuzzer plays with.
library LocalRules {
    function parameters() internal pure returns (Parameters memory) {
        return
            Parameters({
                unbondingSeconds: 4 hours,
                minChallengeWindowSeconds: 10 minutes,
                maxChallengeWindowSeconds: 7 days,
                maxSubmitWindowSeconds: 7 days,
                responseWindowSeconds: 1 hours,
                disputeTimeoutSeconds: 3 hours,
                minStakePerBatch: 0.001 ether,
                expiryPenaltyBps: 2000,
                releaseFeeBps: 100,
                slashBps: 5000,
                burnBps: 2000,
                challengerShareBps: 2500,
                challengeBondBps: 1000,
                demandBondBps: 100
            });
    }
}
