// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch} from "../types/Batch.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "../../shared/types/Job.sol";
import {Ledger} from "../types/Ledger.sol";
import {Parameters} from "../types/Parameters.sol";
import {CidLib} from "./CidLib.sol";
import {CreditLib} from "./CreditLib.sol";
import {TermsLib} from "./TermsLib.sol";
import {TokenLib} from "./TokenLib.sol";

/// @notice What happens to a job as a whole. Its state lies in the slot of its first batch: see {Batch}.
library JobLib {
    using CidLib for *;
    using CreditLib for Ledger;
    using TermsLib for *;

    /// @return id Of the job, whose escrow is still to come.
    function post(
        Ledger storage ledger,
        address caller,
        JobTerms calldata terms,
        JobSpec calldata spec,
        Parameters memory parameters
    ) internal returns (JobId id) {
        id = terms.id();
        Batch storage job = ledger.batches[id][0];

        // Check: the requester posts, and has not posted these terms before.
        if (caller != terms.requester) {
            revert IMarketplace.Marketplace_NotRequester(id, caller, terms.requester);
        }
        if (job.jobStatus != JobStatus.None) revert IMarketplace.Marketplace_AlreadyPosted(id);

        // Check: the terms are within bounds, and about this spec.
        terms.check(parameters);
        bytes32 specHash = spec.hashOf();
        if (specHash != terms.specHash) {
            revert IMarketplace.Marketplace_SpecMismatch(terms.specHash, specHash);
        }
        spec.program.check();
        spec.manifest.check();

        // Effect: every batch is open.
        uint32 taskCount = terms.taskCount;
        (job.jobStatus, job.openTasks) = (JobStatus.Posted, taskCount);
        emit IMarketplace.JobPosted(id, terms.requester, terms, spec);
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
        if (status == JobStatus.None) revert IMarketplace.Marketplace_NotPosted(id);
        if (status == JobStatus.Cancelled) revert IMarketplace.Marketplace_Cancelled(id);
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
