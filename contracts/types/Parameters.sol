// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What differs from chain to chain: constructor arguments, fixed for ever, bounded as `docs/protocol.md` says.
struct Parameters {
    /// Seconds from unbonding stake until it may be withdrawn.
    uint32 unbondingSeconds;
    /// Shortest challenge window that a job may ask for, in seconds.
    uint32 minChallengeWindowSeconds;
    /// Longest challenge window that a job may ask for, in seconds.
    uint32 maxChallengeWindowSeconds;
    /// Longest submit window that a job may ask for, in seconds.
    uint32 maxSubmitWindowSeconds;
    /// Least stake that a job may ask for one batch, in wei of the native coin.
    uint96 minStakePerBatch;
    /// What a worker loses of `stakePerBatch` when its claim expires, in 1/10000.
    uint16 expiryPenaltyBps;
}
