// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice How a worker's score moves, in 1/10000: slowly up, fast down. `docs/protocol.md`, section 6, has the curve.
library ReputationLib {
    uint16 internal constant MAX_SCORE = 10_000;

    /// @dev A settled batch closes 1 % of the gap to the maximum, rounded up so that the maximum can be reached.
    function afterSettlement(uint16 score) internal pure returns (uint16) {
        unchecked {
            return score + (MAX_SCORE - score + 99) / 100;
        }
    }

    /// @dev An expired claim costs a tenth, rounded up.
    function afterExpiry(uint16 score) internal pure returns (uint16) {
        unchecked {
            return score - (score + 9) / 10;
        }
    }

    /// @dev A batch given back costs the part of that tenth that it was held for, rounded up.
    function afterRelease(
        uint16 score,
        uint256 heldSeconds,
        uint256 windowSeconds
    ) internal pure returns (uint16) {
        return score - uint16(Math.ceilDiv(score * heldSeconds, 10 * windowSeconds));
    }

    /// @dev A slash leaves a quarter.
    function afterSlash(uint16 score) internal pure returns (uint16) {
        return score / 4;
    }
}
