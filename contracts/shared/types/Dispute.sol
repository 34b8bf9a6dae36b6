// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {JobId} from "./Job.sol";

/// @notice A dispute's name: `keccak256(abi.encode(Dispute))`; see `DisputeLib`.
type DisputeId is bytes32;

/// @notice What a challenger says is wrong.
enum Ground {
    None,
    /// The task, run again, gives another result.
    WrongResult,
    /// The content of the result's CID cannot be fetched.
    Unavailable
}

/// @notice What an arbiter says. The zero value is "not yet"; the others are final.
enum Ruling {
    None,
    /// The worker's leaf is right, and stands: nobody can dispute it again on the ground of a wrong result.
    WorkerRight,
    /// The worker's leaf is wrong, and the challenger's answer, if the ground asks for one, is right.
    WorkerWrong,
    /// Nobody knows.
    Undecided,
    /// The worker's leaf is wrong, and so is the challenger's answer.
    BothWrong,
    /// This challenger lost, which says nothing about the leaf: for arbiters that decide between two parties.
    ChallengeFailed
}

/// @notice One task of one batch, put in question. Never stored whole: marketplace and arbiter store its hash, calls bring it.
struct Dispute {
    JobId job;
    /// `keccak256(abi.encode(JobSpec))` of the job.
    bytes32 specHash;
    /// Index of the batch in the job.
    uint32 batch;
    /// How often the batch was taken from a worker before: see `Inquiry`.
    uint32 round;
    /// Which challenge of the round this is: they are counted from 1.
    uint32 number;
    /// Index of the task in the job.
    uint32 position;
    Ground ground;
    address requester;
    address worker;
    address challenger;
    /// What the worker committed to for the whole batch.
    bytes32 resultRoot;
    /// The worker's leaf of this task, under `resultRoot`.
    bytes32 resultLeaf;
    /// The leaf that the challenger says is right; zero on the ground of an unavailable result.
    bytes32 answer;
    /// Unix seconds.
    uint40 openedAt;
    /// What the challenger locked at the marketplace, in wei.
    uint96 bond;
    /// What the arbiter was paid, in wei.
    uint96 fee;
}
