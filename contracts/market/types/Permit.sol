// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A requester's signature that lets the marketplace take the escrow from its tokens (ERC-2612).
struct Permit {
    /// Last second (Unix time) at which the signature is good.
    uint256 deadline;
    uint8 v;
    bytes32 r;
    bytes32 s;
}
