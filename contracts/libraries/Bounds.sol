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
        check("minStakePerBatch", parameters.minStakePerBatch, 1, 1e24);
        check("expiryPenaltyBps", parameters.expiryPenaltyBps, 100, 5000);
    }
}
