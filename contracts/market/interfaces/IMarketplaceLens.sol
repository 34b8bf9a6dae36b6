// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Account} from "../types/Account.sol";
import {BatchView} from "../types/Batch.sol";
import {Asked} from "../types/Question.sol";
import {Dispute, Ruling} from "../../shared/types/Dispute.sol";
import {JobId, JobStatus, JobTerms} from "../../shared/types/Job.sol";

/// @title What clients ask a Marketplace, in few calls
/// @notice Reads alone: it holds nothing, and nobody has to trust it. Every answer is of one block. A page is as long as the caller
/// asks for; public nodes allow some thousand entries.
interface IMarketplaceLens {
    struct JobView {
        JobStatus status;
        /// How many tasks lie in open batches.
        uint32 openTasks;
        /// How many of the batches that were looked at are in each `BatchStatus`, by its number.
        uint32[6] batches;
        /// How many batches were looked at, the first of the job.
        uint32 seen;
    }

    struct AccountView {
        Account account;
        /// What of the stake may be locked or unbonded, in wei.
        uint96 free;
        /// What may be withdrawn, for each token asked about, in its smallest unit.
        uint256[] credits;
    }

    struct DisputeView {
        /// Whether this dispute is pending.
        bool open;
        /// What the arbiter says; none when it reverts.
        Ruling ruling;
        /// Unix seconds after which the arbiter's silence counts as undecided.
        uint256 timeoutAt;
        /// Whether `resolve` would go through in this block.
        bool resolvable;
    }

    struct QuestionView {
        /// Among the demands of the round, or else among its challenges.
        bool demand;
        uint32 number;
        Asked asked;
    }

    /// @notice Where jobs stand, by the first `most` batches of each.
    function jobs(JobTerms[] calldata terms, uint32 most) external view returns (JobView[] memory);

    /// @notice What is pending about a batch, challenges first: at most `most` questions.
    function pendingQuestions(
        JobId id,
        uint32 batch,
        uint256 most
    ) external view returns (QuestionView[] memory);

    /// @notice Batches of many jobs: `counts[i]` of job `ids[i]` from index `firsts[i]` on.
    function batches(
        JobId[] calldata ids,
        uint32[] calldata firsts,
        uint32[] calldata counts
    ) external view returns (BatchView[][] memory);

    /// @notice The first `most` open batches of a job from index `first` on, and the index to go on from (the number of batches
    /// when the job is through).
    function openBatches(
        JobTerms calldata terms,
        uint32 first,
        uint32 most
    ) external view returns (uint32[] memory indices, uint32 next);

    /// @notice Stake, record and credit of accounts.
    function accounts(
        address[] calldata owners,
        address[] calldata tokens
    ) external view returns (AccountView[] memory);

    /// @notice Where disputes stand, each with its job's terms.
    function disputes(
        JobTerms[] calldata terms,
        Dispute[] calldata list
    ) external view returns (DisputeView[] memory);
}
