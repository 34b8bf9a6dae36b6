// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A call of the marketplace that an account signed (EIP-712), for anybody to bring.
struct SignedCall {
    /// Who signed: by its key, or as a contract by ERC-1271.
    address account;
    /// Selector and arguments.
    bytes data;
    /// What comes along, in wei, exactly: whoever brings the call pays it.
    uint256 value;
    /// Any number that the account has not used yet; they need not be in order.
    uint256 nonce;
    /// Last second (Unix time) at which it is good.
    uint256 deadline;
}
