// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What the machine is doing. `docs/machine.md` has the steps of each.
library Phases {
    uint256 internal constant BEGIN = 0;
    uint256 internal constant START = 1;
    uint256 internal constant ALLOC = 2;
    uint256 internal constant RUN = 3;
    uint256 internal constant START_RETURNED = 4;
    uint256 internal constant ALLOC_RETURNED = 5;
    uint256 internal constant RUN_RETURNED = 6;
    uint256 internal constant TRAPPED = 7;
    uint256 internal constant LOAD = 8;
    uint256 internal constant HASH = 9;
    uint256 internal constant DONE = 10;

    /// @dev From a phase in which a function runs to the one in which it has returned.
    uint256 internal constant RETURNED = 3;
}
