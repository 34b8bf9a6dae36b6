// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What a job's terms are held to: see {Parameters}.
struct Limits {
    uint32 minChallengeWindowSeconds;
    uint32 maxChallengeWindowSeconds;
    uint32 maxSubmitWindowSeconds;
    uint96 minStakePerBatch;
}

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
    /// Seconds that a worker has to open a leaf that was demanded.
    uint32 responseWindowSeconds;
    /// Seconds from a challenge after which an arbiter's silence counts as undecided.
    uint32 disputeTimeoutSeconds;
    /// Least stake that a job may ask for one batch, in wei of the native coin.
    uint96 minStakePerBatch;
    /// What a worker loses of `stakePerBatch` when its claim expires, in 1/10000.
    uint16 expiryPenaltyBps;
    /// What a worker pays of `stakePerBatch` to give back a claimed batch, in 1/10000.
    uint16 releaseFeeBps;
    /// What a worker loses of `stakePerBatch` when it was wrong, in 1/10000.
    uint16 slashBps;
    /// What of a slash nobody gets, in 1/10000.
    uint16 burnBps;
    /// What of the rest of a slash, after the burned part and the arbiter's fee, the challenger gets, in 1/10000. The
    /// remainder is the requester's.
    uint16 challengerShareBps;
    /// What a challenger locks, in 1/10000 of `stakePerBatch`.
    uint16 challengeBondBps;
    /// What it takes to demand a leaf, in 1/10000 of `stakePerBatch`.
    uint16 demandBondBps;
}
