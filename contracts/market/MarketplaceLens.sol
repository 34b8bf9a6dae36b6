// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IMarketplace} from "./interfaces/IMarketplace.sol";
import {IMarketplaceLens} from "./interfaces/IMarketplaceLens.sol";
import {ArbiterLib} from "./libraries/ArbiterLib.sol";
import {DisputeLib} from "../shared/libraries/DisputeLib.sol";
import {TermsLib} from "./libraries/TermsLib.sol";
import {Account} from "./types/Account.sol";
import {BatchStatus, BatchView} from "./types/Batch.sol";
import {Asked, AskedStatus, Inquiry} from "./types/Question.sol";
import {Dispute, DisputeId, Ruling} from "../shared/types/Dispute.sol";
import {JobId, JobTerms} from "../shared/types/Job.sol";

/// @title MarketplaceLens
/// @notice See {IMarketplaceLens}.
contract MarketplaceLens is IMarketplaceLens {
    using DisputeLib for Dispute;
    using TermsLib for JobTerms;

    /// How many batches `openBatches` looks at in one call of the Marketplace.
    uint32 private constant STRIDE = 256;

    IMarketplace public immutable MARKETPLACE;
    uint256 private immutable DISPUTE_TIMEOUT_SECONDS;

    constructor(IMarketplace marketplace) {
        MARKETPLACE = marketplace;
        DISPUTE_TIMEOUT_SECONDS = marketplace.parameters().disputeTimeoutSeconds;
    }

    /// @inheritdoc IMarketplaceLens
    function jobs(JobTerms[] calldata terms, uint32 most) external view returns (JobView[] memory views) {
        views = new JobView[](terms.length);
        for (uint256 i = 0; i < terms.length; ++i) {
            JobId id = terms[i].id();
            (views[i].status, views[i].openTasks) = MARKETPLACE.job(id);
            BatchView[] memory page = MARKETPLACE.batches(
                id,
                0,
                uint32(Math.min(most, terms[i].batchCount()))
            );
            views[i].seen = uint32(page.length);
            for (uint256 b = 0; b < page.length; ++b) ++views[i].batches[uint8(page[b].status)];
        }
    }

    /// @inheritdoc IMarketplaceLens
    function batches(
        JobId[] calldata ids,
        uint32[] calldata firsts,
        uint32[] calldata counts
    ) external view returns (BatchView[][] memory pages) {
        pages = new BatchView[][](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            pages[i] = MARKETPLACE.batches(ids[i], firsts[i], counts[i]);
        }
    }

    /// @inheritdoc IMarketplaceLens
    function openBatches(
        JobTerms calldata terms,
        uint32 first,
        uint32 most
    ) external view returns (uint32[] memory indices, uint32 next) {
        JobId id = terms.id();
        uint32 count = uint32(terms.batchCount());
        uint256 found = 0;
        indices = new uint32[](most);
        for (next = first; next < count && found < most;) {
            uint32 size = count - next < STRIDE ? count - next : STRIDE;
            BatchView[] memory page = MARKETPLACE.batches(id, next, size);
            for (uint256 b = 0; b < page.length && found < most; ++b) {
                if (page[b].status == BatchStatus.Open) indices[found++] = next;
                ++next;
            }
        }
        assembly ("memory-safe") {
            mstore(indices, found)
        }
    }

    /// @inheritdoc IMarketplaceLens
    function pendingQuestions(
        JobId id,
        uint32 batch,
        uint256 most
    ) external view returns (QuestionView[] memory questions) {
        Inquiry memory inquiry = MARKETPLACE.batches(id, batch, 1)[0].inquiry;
        questions = new QuestionView[](Math.min(most, inquiry.pending));
        uint256 found = _pending(id, batch, inquiry.round, inquiry.challenges, false, questions, 0);
        _pending(id, batch, inquiry.round, inquiry.demands, true, questions, found);
    }

    function _pending(
        JobId id,
        uint32 batch,
        uint32 round,
        uint32 count,
        bool demand,
        QuestionView[] memory questions,
        uint256 found
    ) private view returns (uint256) {
        for (uint32 number = 1; number <= count && found < questions.length; ++number) {
            Asked memory asked = MARKETPLACE.asked(id, batch, round, number, demand);
            if (asked.status != AskedStatus.Pending) continue;
            questions[found++] = QuestionView(demand, number, asked);
        }
        return found;
    }

    /// @inheritdoc IMarketplaceLens
    function accounts(
        address[] calldata owners,
        address[] calldata tokens
    ) external view returns (AccountView[] memory views) {
        views = new AccountView[](owners.length);
        for (uint256 i = 0; i < owners.length; ++i) {
            Account memory account = MARKETPLACE.account(owners[i]);
            uint256[] memory credits = new uint256[](tokens.length);
            for (uint256 t = 0; t < tokens.length; ++t) credits[t] = MARKETPLACE.credit(owners[i], tokens[t]);
            views[i] = AccountView(account, account.stake - account.locked, credits);
        }
    }

    /// @inheritdoc IMarketplaceLens
    function disputes(
        JobTerms[] calldata terms,
        Dispute[] calldata list
    ) external view returns (DisputeView[] memory views) {
        views = new DisputeView[](list.length);
        for (uint256 i = 0; i < list.length; ++i) views[i] = _dispute(terms[i], list[i]);
    }

    function _dispute(
        JobTerms calldata terms,
        Dispute calldata dispute
    ) private view returns (DisputeView memory seen) {
        DisputeId id = dispute.id();
        Asked memory asked = MARKETPLACE.asked(
            terms.id(),
            dispute.batch,
            dispute.round,
            dispute.number,
            false
        );
        seen.open = asked.status == AskedStatus.Pending && asked.dispute == DisputeId.unwrap(id);
        seen.ruling = ArbiterLib.ask(terms.arbiter, id);
        seen.timeoutAt = dispute.openedAt + DISPUTE_TIMEOUT_SECONDS;
        bool ended = seen.ruling != Ruling.None || block.timestamp > seen.timeoutAt;
        seen.resolvable = seen.open && ended;
    }
}
