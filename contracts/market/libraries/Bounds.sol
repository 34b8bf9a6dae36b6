// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Parameters} from "../types/Parameters.sol";

/// @notice Refuses numbers that would let a job or a deployment run for ever, cost nothing, or cost everything.
library Bounds {
    /// @dev `what` is the field's name, for the reader of the error.
    function check(bytes32 what, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most)
            revert IMarketplace.Marketplace_OutOfBounds(what, value, least, most);
    }

    /// @dev The bounds of `docs/protocol.md`, section 4.
    function checkParameters(Parameters memory parameters) internal pure {
        check("unbondingSeconds", parameters.unbondingSeconds, 1 hours, 60 days);
        check("minChallengeWindowSeconds", parameters.minChallengeWindowSeconds, 1 minutes, 30 days);
        check(
            "maxChallengeWindowSeconds",
            parameters.maxChallengeWindowSeconds,
            parameters.minChallengeWindowSeconds,
            30 days
        );
        check("maxSubmitWindowSeconds", parameters.maxSubmitWindowSeconds, 1 minutes, 30 days);
        check("responseWindowSeconds", parameters.responseWindowSeconds, 1 minutes, 7 days);
        check("disputeTimeoutSeconds", parameters.disputeTimeoutSeconds, 1 hours, 90 days);
        check("minStakePerBatch", parameters.minStakePerBatch, 1, 1e24);
        check("expiryPenaltyBps", parameters.expiryPenaltyBps, 100, 5000);
        check("releaseFeeBps", parameters.releaseFeeBps, 1, parameters.expiryPenaltyBps);
        check("slashBps", parameters.slashBps, 1000, 10_000);
        check("burnBps", parameters.burnBps, 1000, 5000);
        check("challengerShareBps", parameters.challengerShareBps, 1000, 5000);
        check("challengeBondBps", parameters.challengeBondBps, 100, 10_000);
        check("demandBondBps", parameters.demandBondBps, 10, 5000);
    }
}
