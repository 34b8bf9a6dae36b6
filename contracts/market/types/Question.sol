// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ground} from "../../shared/types/Dispute.sol";
import {JobId} from "../../shared/types/Job.sol";

/// @notice What somebody asks of a submitted batch, and commits to before saying it: the commitment is
/// `keccak256(abi.encode(asker, question))`.
struct Question {
    JobId job;
    /// Index of the batch in the job.
    uint32 batch;
    /// Index of the task in the job.
    uint32 position;
    /// None for a demand: show the leaf of this task. Else a challenge.
    Ground ground;
    /// What the worker committed to for the whole batch.
    bytes32 resultRoot;
    /// On the ground of a wrong result: the leaf that the task gives. Else zero.
    bytes32 answer;
    /// Random and secret until the question is asked.
    bytes32 salt;
}

/// @notice A commitment to a question, and the money behind it: one slot.
struct Preparation {
    /// What was paid in, in wei; part of the bond.
    uint96 amount;
    /// When, in Unix seconds; zero when there is none, or it was used.
    uint40 preparedAt;
}

/// @dev The zero value is "never asked".
enum AskedStatus {
    None,
    Pending,
    Ended
}

/// @notice A question that was asked: one slot, and for a challenge a second.
struct Asked {
    /// Who asks, and has locked the bond.
    address asker;
    /// Unix seconds.
    uint40 askedAt;
    /// Index of the task in the job.
    uint32 position;
    /// None for a demand.
    Ground ground;
    AskedStatus status;
    /// Of a challenge, the `DisputeId`.
    bytes32 dispute;
}

/// @notice What is known of all questions about a batch: one slot, untouched while nobody asks.
struct Inquiry {
    /// How often the batch was taken from a worker that was wrong. Questions belong to a round.
    uint24 round;
    /// How many questions of this round are pending; the challenge window stands still while there is one.
    uint24 pending;
    /// How many challenges were opened in this round: the next one is this plus one, and its bond grows with the square.
    uint24 challenges;
    /// How many demands were made in this round: the next one is this plus one, and its bond grows with it.
    uint24 demands;
    /// While something is pending: since when, in Unix seconds.
    uint40 frozenAt;
    /// How long the window stood still in this round, but for what is pending now.
    uint40 frozenSeconds;
    /// What the pending challenges of this round paid the arbiter, in wei.
    uint80 fees;
}

/// @notice A question as clients read it.
struct QuestionView {
    /// Whether it is a demand; else a challenge. They are counted apart.
    bool demand;
    /// Which one of the round, from 1.
    uint32 number;
    Asked asked;
}
