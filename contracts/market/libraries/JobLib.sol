// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch} from "../types/Batch.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "../../shared/types/Job.sol";
import {Ledger} from "../types/Ledger.sol";
import {Limits} from "../types/Parameters.sol";
import {CidLib} from "./CidLib.sol";
import {CreditLib} from "./CreditLib.sol";
import {TermsLib} from "./TermsLib.sol";
import {TokenLib} from "./TokenLib.sol";

/// @notice What happens to a job as a whole. Its state lies in the slot of its first batch: see {Batch}.
library JobLib {
    using CidLib for *;
    using CreditLib for Ledger;
    using JobLib for Ledger;
    using TermsLib for *;

    /// @return id Of the job, whose escrow is still to come.
    function post(
        Ledger storage ledger,
        address caller,
        JobTerms calldata terms,
        JobSpec calldata spec,
        Limits memory limits
    ) internal returns (JobId id) {
        Batch storage job;
        (id, job) = ledger.checkNew(caller, terms, spec, limits);

        // Effect: every batch is open.
        uint32 taskCount = terms.taskCount;
        // The slot is empty: the two fields are written at once. See {Batch}.
        assembly ("memory-safe") {
            sstore(job.slot, or(shl(208, 1), shl(216, taskCount)))
        }
        emitPosted(id, caller, terms, spec);
    }

    /// @return id Of a job that may be posted.
    /// @return job Its slot, which is empty.
    function checkNew(
        Ledger storage ledger,
        address caller,
        JobTerms calldata terms,
        JobSpec calldata spec,
        Limits memory limits
    ) internal view returns (JobId id, Batch storage job) {
        id = terms.id();
        job = ledger.batches[id][0];

        // Check: the requester posts, and has not posted these terms before.
        if (caller != terms.requester) {
            revert IMarketplace.Marketplace_NotRequester(id, caller, terms.requester);
        }
        if (job.jobStatus != JobStatus.None) revert IMarketplace.Marketplace_AlreadyPosted(id);

        // Check: the terms are within bounds, and about this spec.
        terms.check(limits);
        bytes32 specHash = spec.hashOf();
        if (specHash != terms.specHash) {
            revert IMarketplace.Marketplace_SpecMismatch(terms.specHash, specHash);
        }
        spec.program.check();
        spec.manifest.check();
    }

    /// @dev `emit JobPosted(id, caller, terms, spec)`: both structs are static, so what was hashed is what is told. Fields that nothing else
    /// reads are held to their width here, as a plain `emit` would.
    function emitPosted(
        JobId id,
        address requester,
        JobTerms calldata terms,
        JobSpec calldata spec
    ) internal {
        bytes32 topic = IMarketplace.JobPosted.selector;
        (uint256 termsBytes, uint256 specBytes) = (TermsLib.TERMS_BYTES, TermsLib.SPEC_BYTES);
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, terms, termsBytes)
            calldatacopy(add(free, termsBytes), spec, specBytes)
            // Arbiter and salt of the terms; memory pages, result bytes and steps of the spec.
            let dirty := or(shr(160, mload(add(free, 64))), shr(64, mload(add(free, 352))))
            dirty := or(dirty, or(shr(32, mload(add(free, 576))), shr(32, mload(add(free, 608)))))
            if or(dirty, shr(64, mload(add(free, 640)))) {
                revert(0, 0)
            }
            log3(free, add(termsBytes, specBytes), topic, id, requester)
        }
    }

    /// @dev The escrow comes from outside, and is here to the smallest unit.
    function receiveEscrow(JobTerms calldata terms, JobId id) internal {
        // Interaction, and check.
        uint256 escrow = terms.rewardFor(terms.taskCount);
        uint256 received = TokenLib.receiveFrom(terms.token, terms.requester, escrow);
        if (received != escrow) revert IMarketplace.Marketplace_WrongEscrow(id, received, escrow);
    }

    /// @dev Always possible, so that a batch that is open only for moments cannot keep it from happening: what is claimed and comes
    /// back later is refunded then.
    function cancel(Ledger storage ledger, address caller, JobTerms calldata terms) internal {
        JobId id = terms.id();
        Batch storage job = ledger.batches[id][0];

        // Check: the requester cancels what is posted.
        if (caller != terms.requester) {
            revert IMarketplace.Marketplace_NotRequester(id, caller, terms.requester);
        }
        checkPosted(job, id);

        // Effect: the escrow of open tasks is the requester's credit.
        uint256 refund = terms.rewardFor(job.openTasks);
        job.jobStatus = JobStatus.Cancelled;
        job.openTasks = 0;
        ledger.add(terms.requester, terms.token, refund);
        emit IMarketplace.JobCancelled(id, refund);
    }

    /// @dev Posted, and not cancelled.
    function checkPosted(Batch storage job, JobId id) internal view {
        JobStatus status = job.jobStatus;
        if (status == JobStatus.Posted) return;
        if (status == JobStatus.None) revert IMarketplace.Marketplace_NotPosted(id);
        revert IMarketplace.Marketplace_Cancelled(id);
    }

    /// @dev `tasks` tasks are claimed.
    function close(Batch storage job, uint32 tasks) internal {
        job.openTasks -= tasks;
    }

    /// @dev `tasks` tasks are to be had again.
    function open(Batch storage job, uint32 tasks) internal {
        job.openTasks += tasks;
    }

    /// @dev Whether batches can be claimed.
    function isClaimable(Batch storage job, JobTerms calldata terms) internal view returns (bool) {
        return job.jobStatus == JobStatus.Posted && block.timestamp <= terms.claimUntil;
    }
}
