// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What is used of Arbitrum's system contract at `0x64`.
interface IArbSys {
    /// @notice The number of the Arbitrum block that is being made.
    function arbBlockNumber() external view returns (uint256);
}
