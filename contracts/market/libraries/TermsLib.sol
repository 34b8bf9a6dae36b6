// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {JobId, JobSpec, JobTerms, RESERVED} from "../../shared/types/Job.sol";
import {Limits} from "../types/Parameters.sol";
import {Bounds} from "./Bounds.sol";
import {ReputationLib} from "./ReputationLib.sol";

/// @notice What follows from a job's terms alone.
library TermsLib {
    /// @dev Longest time from posting to `claimUntil`.
    uint256 private constant MAX_CLAIMING_SECONDS = 365 days;
    uint256 internal constant TERMS_BYTES = 13 * 32;
    uint256 internal constant SPEC_BYTES = 9 * 32;

    /// @dev `keccak256(abi.encode(terms))`, of the calldata as it came: the struct is static, so the bytes are the same, and
    /// most calls have to hash it. Bytes that are no valid encoding (a bit set above a field) have a hash too, but no job:
    /// `post` emits terms and spec whole, and so decodes and refuses them.
    function id(JobTerms calldata terms) internal pure returns (JobId hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, terms, TERMS_BYTES)
            hash := keccak256(free, TERMS_BYTES)
        }
    }

    /// @dev `keccak256(abi.encode(spec))`, in the same way.
    function hashOf(JobSpec calldata spec) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, spec, SPEC_BYTES)
            hash := keccak256(free, SPEC_BYTES)
        }
    }

    /// @dev Of posted terms: `batchSize` is not zero.
    function batchCount(JobTerms calldata terms) internal pure returns (uint256) {
        return (uint256(terms.taskCount) + terms.batchSize - 1) / terms.batchSize;
    }

    /// @dev Number of tasks in a batch: `batchSize`, fewer in the last, none beyond.
    function tasksIn(JobTerms calldata terms, uint32 batch) internal pure returns (uint32) {
        uint256 taskCount = terms.taskCount;
        uint256 batchSize = terms.batchSize;
        // Products and differences of 32-bit numbers that are ordered by the check.
        unchecked {
            uint256 first = batch * batchSize;
            if (first >= taskCount) return 0;
            uint256 left = taskCount - first;
            return uint32(left < batchSize ? left : batchSize);
        }
    }

    /// @dev `bps` 1/10000 of the stake, rounded down; `bps` is at most 10000.
    function partOfStake(JobTerms calldata terms, uint256 bps) internal pure returns (uint96) {
        unchecked {
            return uint96((uint256(terms.stakePerBatch) * bps) / 10_000);
        }
    }

    /// @dev What `tasks` tasks pay: below 2¹²⁸.
    function rewardFor(JobTerms calldata terms, uint32 tasks) internal pure returns (uint256) {
        unchecked {
            return uint256(tasks) * terms.rewardPerTask;
        }
    }

    /// @dev The score that a worker needs, whether the job is reserved or not.
    function scoreOf(JobTerms calldata terms) internal pure returns (uint16) {
        return terms.minScore & ~RESERVED;
    }

    /// @dev Refuses terms that this deployment does not admit. Most are admitted, so that is found out first, with a comparison for each: what is
    /// below the least is far above the most once the least is taken away.
    function check(JobTerms calldata terms, Limits memory limits) internal view {
        unchecked {
            if (
                // More than none, of more than none.
                uint256(terms.batchSize) - 1 < terms.taskCount &&
                terms.rewardPerTask != 0 &&
                terms.stakePerBatch >= limits.minStakePerBatch &&
                scoreOf(terms) <= ReputationLib.MAX_SCORE &&
                uint256(terms.claimUntil) - block.timestamp - 1 < MAX_CLAIMING_SECONDS &&
                uint256(terms.submitWindowSeconds) - 1 < limits.maxSubmitWindowSeconds &&
                uint256(terms.challengeWindowSeconds) - limits.minChallengeWindowSeconds <=
                    uint256(limits.maxChallengeWindowSeconds) - limits.minChallengeWindowSeconds
            ) return;
        }
        _refuse(terms, limits);
    }

    /// @dev Says what is out of its bounds.
    function _refuse(JobTerms calldata terms, Limits memory limits) private view {
        Bounds.check("taskCount", terms.taskCount, 1, type(uint32).max);
        Bounds.check("batchSize", terms.batchSize, 1, terms.taskCount);
        Bounds.check("rewardPerTask", terms.rewardPerTask, 1, type(uint96).max);
        Bounds.check("stakePerBatch", terms.stakePerBatch, limits.minStakePerBatch, type(uint96).max);
        Bounds.check("minScore", scoreOf(terms), 0, ReputationLib.MAX_SCORE);
        Bounds.check(
            "claimUntil",
            terms.claimUntil,
            block.timestamp + 1,
            block.timestamp + MAX_CLAIMING_SECONDS
        );
        Bounds.check("submitWindowSeconds", terms.submitWindowSeconds, 1, limits.maxSubmitWindowSeconds);
        Bounds.check(
            "challengeWindowSeconds",
            terms.challengeWindowSeconds,
            limits.minChallengeWindowSeconds,
            limits.maxChallengeWindowSeconds
        );
    }
}
