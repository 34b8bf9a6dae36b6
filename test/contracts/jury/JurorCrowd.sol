// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../../../contracts/jury/interfaces/IJuryArbiter.sol";

/// @notice A juror that stakes and does nothing else.
contract IdleJuror {
    constructor(IJuryArbiter jury) payable {
        jury.deposit{value: msg.value}();
    }
}

/// @notice Makes many of them.
contract JurorCrowd {
    function grow(IJuryArbiter jury, uint256 count, uint256 stakeWei) external payable {
        for (uint256 i = 0; i < count; ++i) new IdleJuror{value: stakeWei}(jury);
    }
}
