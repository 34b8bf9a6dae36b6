// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {JobId, JobTerms} from "../types/Job.sol";
import {Parameters} from "../types/Parameters.sol";
import {Bounds} from "./Bounds.sol";

/// @notice What follows from a job's terms alone.
library TermsLib {
    /// @dev Longest time from posting to `claimUntil`.
    uint256 internal constant MAX_CLAIMING_SECONDS = 365 days;

    function id(JobTerms calldata terms) internal pure returns (JobId) {
        return JobId.wrap(keccak256(abi.encode(terms)));
    }

    /// @dev Of posted terms: `batchSize` is not zero.
    function batchCount(JobTerms calldata terms) internal pure returns (uint256) {
        return (uint256(terms.taskCount) + terms.batchSize - 1) / terms.batchSize;
    }

    /// @dev Number of tasks in a batch of posted terms; only the last batch may hold fewer than `batchSize`.
    function tasksIn(JobTerms calldata terms, uint32 batch) internal pure returns (uint32) {
        uint256 first = uint256(batch) * terms.batchSize;
        uint256 left = terms.taskCount - first;
        return left < terms.batchSize ? uint32(left) : terms.batchSize;
    }

    /// @dev What `tasks` tasks pay: at most 2¹²⁸, so it never overflows.
    function rewardFor(JobTerms calldata terms, uint256 tasks) internal pure returns (uint256) {
        return tasks * terms.rewardPerTask;
    }

    /// @dev Refuses terms that this deployment does not admit.
    function check(JobTerms calldata terms, Parameters memory parameters) internal view {
        if (terms.token != address(0)) revert IMarketplace.Marketplace_TokenNotSupported(terms.token);
        if (terms.arbiter != address(0)) revert IMarketplace.Marketplace_ArbiterNotSupported(terms.arbiter);
        Bounds.check("taskCount", terms.taskCount, 1, type(uint32).max);
        Bounds.check("batchSize", terms.batchSize, 1, terms.taskCount);
        Bounds.check("rewardPerTask", terms.rewardPerTask, 1, type(uint96).max);
        Bounds.check("stakePerBatch", terms.stakePerBatch, parameters.minStakePerBatch, type(uint96).max);
        Bounds.check(
            "claimUntil",
            terms.claimUntil,
            block.timestamp + 1,
            block.timestamp + MAX_CLAIMING_SECONDS
        );
        Bounds.check("submitWindowSeconds", terms.submitWindowSeconds, 1, parameters.maxSubmitWindowSeconds);
        Bounds.check(
            "challengeWindowSeconds",
            terms.challengeWindowSeconds,
            parameters.minChallengeWindowSeconds,
            parameters.maxChallengeWindowSeconds
        );
    }
}
