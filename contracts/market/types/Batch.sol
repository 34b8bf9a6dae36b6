// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {JobStatus} from "../../shared/types/Job.sol";
import {Asked, Inquiry} from "./Question.sol";

/// @dev open → claimed → submitted → settled is the way of a batch that nobody puts in question; `docs/protocol.md` has the
/// whole diagram. Settling looks for `Submitted` alone, so another status freezes the batch, and nothing else.
enum BatchStatus {
    Open,
    Claimed,
    Submitted,
    Settled,
    /// Questions are pending: the arbiter is to rule, or the worker to show a leaf.
    Questioned,
    /// Final: the reward went back to the requester.
    Void
}

/// @notice What is stored of a batch: two slots, and more once it is put in question.
/// @dev Slot 0 of a job's FIRST batch also holds the state of the job itself, in bits that a batch leaves spare. So posting
/// pays for one new slot, and claiming the only batch of a small job pays for none. In every other batch `jobStatus` and
/// `openTasks` are zero and mean nothing; only `JobLib` reads or writes them.
///
/// | slot | bits      | field        |
/// | ---- | --------- | ------------ |
/// | 0    | 0…159     | `worker`     |
/// | 0    | 160…199   | `timestamp`  |
/// | 0    | 200…207   | `status`     |
/// | 0    | 208…215   | `jobStatus`  |
/// | 0    | 216…247   | `openTasks`  |
/// | 1    | 0…255     | `resultRoot` |
/// | 2    | 0…255     | `inquiry`    |
/// | 3    |           | `asked`      |
/// | 4    |           | `reserves`   |
struct Batch {
    /// Who claimed it; zero while it is open, and when it is void.
    address worker;
    /// Unix seconds: while claimed, the last moment of its submission; once submitted, when that was, moved on by the time that
    /// the batch was in question.
    uint40 timestamp;
    BatchStatus status;
    /// First batch only: where the job stands.
    JobStatus jobStatus;
    /// First batch only: how many tasks of the job lie in open batches, so that cancelling costs the same for any job. Zero
    /// once the job is cancelled.
    uint32 openTasks;
    /// Merkle root over the batch's result leaves; zero until submitted.
    bytes32 resultRoot;
    Inquiry inquiry;
    /// Every question, by `QuestionLib.keyOf`.
    mapping(uint256 key => Asked) asked;
    /// What is set aside, in wei, for the arbiter's fees of challenges that were pending when their round ended.
    mapping(uint256 round => uint256) reserves;
}

/// @notice A batch as clients read it: see {Batch}.
struct BatchView {
    address worker;
    uint40 timestamp;
    BatchStatus status;
    bytes32 resultRoot;
    Inquiry inquiry;
}
