// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IArbSys} from "../../../contracts/randomness/interfaces/IArbSys.sol";

/// @notice Stands in for Arbitrum's system contract: its blocks are numbered ahead of the parent chain's.
contract FakeArbSys is IArbSys {
    function arbBlockNumber() external view returns (uint256) {
        return block.number + 1_000_000;
    }
}
