// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch, BatchStatus, BatchView} from "../types/Batch.sol";
import {Cid} from "../../shared/types/Cid.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "../../shared/types/Job.sol";
import {Ledger} from "../types/Ledger.sol";
import {Limits, Parameters} from "../types/Parameters.sol";
import {CidLib} from "./CidLib.sol";
import {CreditLib} from "./CreditLib.sol";
import {JobLib} from "./JobLib.sol";
import {StakeLib} from "./StakeLib.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice The life of a batch that nobody puts in question: open → claimed → submitted → settled, and back to open when a claim
/// expires or is given back.
library BatchLib {
    using BatchLib for Ledger;
    using CidLib for Cid;
    using CreditLib for Ledger;
    using JobLib for *;
    using StakeLib for Ledger;
    using TermsLib for JobTerms;

    /// @param minScore Of the terms; more than anybody has if the job is reserved and nobody admitted the worker.
    function claim(
        Ledger storage ledger,
        address worker,
        JobTerms calldata terms,
        uint32 index,
        uint16 minScore
    ) internal {
        JobId id = terms.id();
        Batch storage job = ledger.batches[id][0];
        Batch storage batch = ledger.batches[id][index];
        uint32 tasks = terms.tasksIn(index);

        // Check: the batch is to be had.
        job.checkPosted(id);
        if (tasks == 0) revert IMarketplace.Marketplace_NoSuchBatch(id, index, terms.batchCount());
        checkStatus(batch.status, BatchStatus.Open, id, index);
        if (block.timestamp > terms.claimUntil) {
            revert IMarketplace.Marketplace_ClaimingClosed(id, terms.claimUntil);
        }

        // Effect: the worker is liable for it until it is settled or expired.
        uint40 deadline;
        unchecked {
            deadline = uint40(block.timestamp) + terms.submitWindowSeconds;
        }
        ledger.lock(worker, terms.stakePerBatch, minScore);
        job.close(tasks);
        (batch.worker, batch.timestamp, batch.status) = (worker, deadline, BatchStatus.Claimed);
        emit IMarketplace.BatchClaimed(id, index, worker, deadline);
    }

    /// @dev A job is posted, and its first batch claimed and, if there is a root, submitted: what `post`, `claim` and `submit` do one after the
    /// other, with one write of what they write three times.
    function take(
        Ledger storage ledger,
        address worker,
        JobTerms calldata terms,
        JobSpec calldata spec,
        bytes32 resultRoot,
        Cid calldata results,
        Limits memory limits
    ) internal returns (JobId id) {
        Batch storage batch;
        (id, batch) = ledger.checkNew(terms.requester, terms, spec, limits);

        // Effect: the worker is liable for the batch; the others are open.
        ledger.lock(worker, terms.stakePerBatch, terms.scoreOf());
        uint40 deadline;
        uint256 packed = uint256(uint160(worker)) | (uint256(JobStatus.Posted) << 208);
        // Times end after 2¹⁵ years, and a batch is at most the job.
        unchecked {
            deadline = uint40(block.timestamp) + terms.submitWindowSeconds;
            packed |= uint256(terms.taskCount - terms.batchSize) << 216;
        }
        packed |=
            resultRoot == 0
                ? (uint256(deadline) << 160) | (uint256(BatchStatus.Claimed) << 200)
                : (block.timestamp << 160) | (uint256(BatchStatus.Submitted) << 200);
        // The slot is empty: its fields are written at once. See {Batch}.
        assembly ("memory-safe") {
            sstore(batch.slot, packed)
        }
        JobLib.emitPosted(id, terms.requester, terms, spec);
        emit IMarketplace.BatchClaimed(id, 0, worker, deadline);
        if (resultRoot == 0) return id;

        // Check, effect: the challenge window starts.
        results.check();
        batch.resultRoot = resultRoot;
        emit IMarketplace.BatchSubmitted(id, 0, worker, resultRoot, results);
    }

    function submit(
        Ledger storage ledger,
        address caller,
        JobId id,
        uint32 index,
        bytes32 resultRoot,
        Cid calldata results
    ) internal {
        Batch storage batch = ledger.batches[id][index];
        uint256 packed;
        // The slot is read once, and written once: see {Batch}.
        assembly ("memory-safe") {
            packed := sload(batch.slot)
        }
        address worker = address(uint160(packed));

        // Check: the worker that claimed it commits to something, in time.
        if (
            uint8(packed >> 200) != uint8(BatchStatus.Claimed) ||
            caller != worker ||
            block.timestamp > uint40(packed >> 160)
        ) checkHeld(batch, caller, id, index);
        if (resultRoot == 0) revert IMarketplace.Marketplace_ZeroResultRoot(id, index);
        results.check();

        // Effect: the challenge window starts.
        packed &= ~(uint256(type(uint48).max) << 160);
        packed |= (block.timestamp << 160) | (uint256(BatchStatus.Submitted) << 200);
        assembly ("memory-safe") {
            sstore(batch.slot, packed)
        }
        batch.resultRoot = resultRoot;
        emit IMarketplace.BatchSubmitted(id, index, worker, resultRoot, results);
    }

    function settle(Ledger storage ledger, JobTerms calldata terms, uint32[] calldata indices) internal {
        JobId id = terms.id();
        uint256 count = indices.length;
        for (uint256 i = 0; i < count;) {
            uint32 index = indices[i];
            unchecked {
                ++i;
            }
            Batch storage batch = ledger.batches[id][index];
            (BatchStatus status, uint40 submittedAt) = (batch.status, batch.timestamp);

            // Check: it waits for its reward, and nobody can challenge it any more.
            if (status == BatchStatus.Settled) continue;
            checkStatus(status, BatchStatus.Submitted, id, index);
            uint256 settleableAt;
            unchecked {
                settleableAt = uint256(submittedAt) + terms.challengeWindowSeconds;
            }
            if (block.timestamp < settleableAt) {
                revert IMarketplace.Marketplace_ChallengeWindowOpen(id, index, settleableAt);
            }

            // Effect: the worker is paid, and free again.
            address worker = batch.worker;
            uint256 reward = terms.rewardFor(terms.tasksIn(index));
            batch.status = BatchStatus.Settled;
            ledger.unlockSettled(worker, terms.stakePerBatch);
            ledger.add(worker, terms.token, reward);
            emit IMarketplace.BatchSettled(id, index, worker, reward);
        }
    }

    function expire(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        uint256 penaltyBps
    ) internal {
        JobId id = terms.id();
        Batch storage batch = ledger.batches[id][index];
        (address worker, uint40 deadline, BatchStatus status) = (batch.worker, batch.timestamp, batch.status);

        // Check: it is overdue.
        checkStatus(status, BatchStatus.Claimed, id, index);
        if (block.timestamp <= deadline) revert IMarketplace.Marketplace_NotOverdue(id, index, deadline);

        // Effect: the worker pays, and is free again. Nobody earns by it: a requester could starve its workers for it.
        uint96 penalty = terms.partOfStake(penaltyBps);
        ledger.unlockExpired(worker, terms.stakePerBatch, penalty);
        ledger.burn(penalty);
        emit IMarketplace.BatchExpired(id, index, worker, penalty);
        ledger.vacate(id, terms, index);
    }

    /// @dev The fee grows with the time that the batch was held, up to the penalty of an expiry: to give a batch back and claim it
    /// again is no cheaper than to let it expire.
    function release(
        Ledger storage ledger,
        address caller,
        JobTerms calldata terms,
        uint32 index,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        Batch storage batch = ledger.batches[id][index];
        (address worker, uint40 deadline) = (batch.worker, batch.timestamp);

        // Check: the worker that claimed it gives it back in time.
        checkHeld(batch, caller, id, index);

        // Effect: it pays for the time, in stake and in score, and is free again.
        uint32 windowSeconds = terms.submitWindowSeconds;
        uint256 heldSeconds = windowSeconds - (deadline - block.timestamp);
        uint256 fee = Math.max(
            terms.partOfStake(parameters.releaseFeeBps),
            Math.ceilDiv(terms.partOfStake(parameters.expiryPenaltyBps) * heldSeconds, windowSeconds)
        );
        ledger.unlockReleased(worker, terms.stakePerBatch, uint96(fee), heldSeconds, windowSeconds);
        ledger.burn(fee);
        emit IMarketplace.BatchReleased(id, index, worker, fee);
        ledger.vacate(id, terms, index);
    }

    /// @dev A batch has lost its worker: it is to be had again, or void when nobody may claim it any more.
    function vacate(Ledger storage ledger, JobId id, JobTerms calldata terms, uint32 index) internal {
        Batch storage job = ledger.batches[id][0];
        if (job.isClaimable(terms)) {
            job.open(terms.tasksIn(index));
            _empty(ledger.batches[id][index], BatchStatus.Open);
        } else {
            ledger.refund(id, terms, index);
        }
    }

    /// @dev The escrow of a batch that nobody will be paid for goes back.
    function refund(Ledger storage ledger, JobId id, JobTerms calldata terms, uint32 index) internal {
        uint256 amount = terms.rewardFor(terms.tasksIn(index));
        _empty(ledger.batches[id][index], BatchStatus.Void);
        ledger.add(terms.requester, terms.token, amount);
        emit IMarketplace.BatchRefunded(id, index, amount);
    }

    function page(
        Ledger storage ledger,
        JobId id,
        uint32 first,
        uint32 count
    ) internal view returns (BatchView[] memory views) {
        // There is no batch 2³² − 1: a job has at most so many.
        if (count > type(uint32).max - first) count = type(uint32).max - first;
        views = new BatchView[](count);
        for (uint32 i = 0; i < count; ++i) {
            Batch storage batch = ledger.batches[id][first + i];
            views[i] = BatchView(
                batch.worker,
                batch.timestamp,
                batch.status,
                batch.resultRoot,
                batch.inquiry
            );
        }
    }

    /// @dev The caller claimed it, and its time is not over.
    function checkHeld(Batch storage batch, address caller, JobId id, uint32 index) internal view {
        (address worker, uint40 deadline) = (batch.worker, batch.timestamp);
        checkStatus(batch.status, BatchStatus.Claimed, id, index);
        if (caller != worker) revert IMarketplace.Marketplace_NotClaimer(id, index, caller, worker);
        if (block.timestamp > deadline) revert IMarketplace.Marketplace_Overdue(id, index, deadline);
    }

    function checkStatus(BatchStatus status, BatchStatus needed, JobId id, uint32 index) internal pure {
        if (status != needed) revert IMarketplace.Marketplace_WrongStatus(id, index, status, needed);
    }

    /// @dev Nothing stays of worker and results. The job's own state beside them does.
    function _empty(Batch storage batch, BatchStatus status) private {
        if (batch.resultRoot != 0) batch.resultRoot = 0;
        (batch.worker, batch.timestamp, batch.status) = (address(0), 0, status);
    }
}
