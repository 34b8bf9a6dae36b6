// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IArbiter} from "../../../contracts/shared/interfaces/IArbiter.sol";
import {Dispute} from "../../../contracts/shared/types/Dispute.sol";

/// @notice As much of a marketplace as an arbiter sees: it opens disputes, of whomever it is told.
contract HarnessMarketplace {
    function open(IArbiter arbiter, Dispute calldata dispute) external payable {
        arbiter.open{value: msg.value}(dispute);
    }
}
