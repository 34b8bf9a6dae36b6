// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A worker's stake and its record: two slots. Amounts are wei of the native coin. Counters stay at their maximum rather
/// than overflow.
/// @dev Settling a batch writes the first slot only; the second is touched by unbonding alone.
struct Account {
    /// All that is staked, locked stake included; what is unbonding is no longer part of it.
    uint96 stake;
    /// What the batches lock that this account is liable for; at most `stake`.
    uint96 locked;
    /// Reputation in 1/10000, 0 at first: see `ReputationLib`.
    uint16 score;
    /// How many batches were settled.
    uint24 settledBatches;
    /// How many batches the account was slashed for.
    uint16 slashedBatches;
    /// How many claimed batches expired.
    uint8 expiredBatches;
    /// On its way out: no longer stake, not yet withdrawn.
    uint96 unbonding;
    /// Unix seconds from which all of `unbonding` may be withdrawn.
    uint40 unbondingReadyAt;
}
