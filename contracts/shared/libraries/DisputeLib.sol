// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Dispute, DisputeId} from "../types/Dispute.sol";

/// @notice Names a dispute.
library DisputeLib {
    function id(Dispute calldata dispute) internal pure returns (DisputeId) {
        return DisputeId.wrap(keccak256(abi.encode(dispute)));
    }
}
