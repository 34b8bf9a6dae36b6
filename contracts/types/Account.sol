// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A worker's stake and its record: two slots. Amounts are wei of the native coin.
/// @dev Settling a batch writes the first slot only; the second is touched by unbonding alone.
struct Account {
    /// All that is staked, locked stake included; what is unbonding is no longer part of it.
    uint96 stake;
    /// What the claimed and submitted batches of this account lock; at most `stake`.
    uint96 locked;
    /// How many batches were settled. Stays at its maximum rather than overflow.
    uint32 settledBatches;
    /// How many claimed batches expired. Stays at its maximum rather than overflow.
    uint32 expiredBatches;
    /// On its way out: no longer stake, not yet withdrawn.
    uint96 unbonding;
    /// Unix seconds from which all of `unbonding` may be withdrawn.
    uint40 unbondingReadyAt;
}
