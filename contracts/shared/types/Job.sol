// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Cid} from "./Cid.sol";

/// @dev This bit of `JobTerms.minScore` reserves the job: see `IMarketplace.claimReserved`.
uint16 constant RESERVED = 0x8000;

/// @notice A job's name: `keccak256(abi.encode(JobTerms))`.
type JobId is bytes32;

/// @notice What a job is about: what to run, on what, within which limits. Only its hash is needed to settle.
struct JobSpec {
    /// The WebAssembly module.
    Cid program;
    /// The index block of the paged input manifest.
    Cid manifest;
    /// Merkle root over the input leaves (position, CID, byte length); see `Leaves.input`.
    bytes32 inputRoot;
    /// Most memory a task may use, in WebAssembly pages of 64 KiB.
    uint32 memoryPages;
    /// Longest result of a task, in bytes.
    uint32 maxResultBytes;
    /// Most fuel a task may use, in the units of `docs/programs.md`.
    uint64 maxSteps;
    /// Names the machine that a fraud proof replays, which follows from the program; zero if the job cannot be proved.
    bytes32 machineRoot;
}

/// @notice What the parties agree on about money and time. Immutable: a job is the hash of its terms.
struct JobTerms {
    /// Who posts, pays and may cancel what is unclaimed.
    address requester;
    /// The ERC-20 token of the reward; the zero address is the chain's native coin.
    address token;
    /// The `IArbiter` that decides challenges; the zero address means that results cannot be challenged.
    address arbiter;
    /// Number of tasks, at least 1.
    uint32 taskCount;
    /// Tasks in a batch; the last batch may hold fewer.
    uint32 batchSize;
    /// What one task pays, in the token's smallest unit.
    uint96 rewardPerTask;
    /// What a worker locks to claim one batch, in wei of the native coin.
    uint96 stakePerBatch;
    /// Least score that a worker needs to claim, in 1/10000; with the bit `RESERVED` over it, batches go to whom an agent of the requester
    /// admits.
    uint16 minScore;
    /// Last second (Unix time) at which a batch may be claimed.
    uint40 claimUntil;
    /// Seconds from a claim to the last moment of its submission.
    uint32 submitWindowSeconds;
    /// Seconds from a submission until it can be settled.
    uint32 challengeWindowSeconds;
    /// Tells otherwise equal jobs apart.
    uint64 salt;
    /// `keccak256(abi.encode(JobSpec))`.
    bytes32 specHash;
}

/// @dev The zero value is "never posted"; nothing leaves `Cancelled`.
enum JobStatus {
    None,
    Posted,
    Cancelled
}
