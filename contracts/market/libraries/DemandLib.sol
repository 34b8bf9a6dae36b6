// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Ground} from "../../shared/types/Dispute.sol";
import {JobId, JobTerms} from "../../shared/types/Job.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch} from "../types/Batch.sol";
import {Ledger} from "../types/Ledger.sol";
import {Parameters} from "../types/Parameters.sol";
import {Asked, AskedStatus, Inquiry, Question} from "../types/Question.sol";
import {CreditLib} from "./CreditLib.sol";
import {PreparationLib} from "./PreparationLib.sol";
import {QuestionLib} from "./QuestionLib.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice A demand: the worker shows one leaf of its result tree in time, whatever else is asked meanwhile, or was wrong.
library DemandLib {
    using CreditLib for Ledger;
    using PreparationLib for Ledger;
    using QuestionLib for *;
    using SafeCast for uint256;
    using TermsLib for JobTerms;

    function demand(
        Ledger storage ledger,
        address asker,
        JobTerms calldata terms,
        Question calldata question,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        uint32 index = question.batch;
        Batch storage batch = ledger.batches[id][index];

        // Check: the batch may be put in question, and has such a task; a demand has no ground and no answer.
        Inquiry memory inquiry = batch.checkQuestionable(id, terms, question);
        if (question.ground != Ground.None || question.answer != 0) {
            revert IMarketplace.Marketplace_WrongGround(question.ground, 0, question.answer);
        }
        // Check: the bond is here. The n-th demand of a batch costs n times as much as the first. What was prepared is a challenge's bond
        // at least, though, or it would pay to prepare a demand of every task, in order to be there first.
        uint32 number = ++inquiry.demands;
        uint96 bond = _bond(terms, number, parameters);
        ledger.pay(
            batch,
            asker,
            question,
            inquiry,
            terms.partOfStake(parameters.challengeBondBps),
            bond,
            parameters.responseWindowSeconds
        );

        // Effect: the time to answer starts.
        Asked storage asked = batch.asked[QuestionLib.keyOf(inquiry.round, number, true)];
        (asked.asker, asked.askedAt, asked.position, asked.status) = (
            asker,
            uint40(block.timestamp),
            question.position,
            AskedStatus.Pending
        );
        batch.freeze(inquiry);
        emit IMarketplace.LeafDemanded(
            id,
            index,
            batch.worker,
            inquiry.round,
            number,
            question.position,
            asker,
            bond,
            uint40(block.timestamp) + parameters.responseWindowSeconds
        );
    }

    function reveal(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        uint32 number,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        Batch storage batch = ledger.batches[id][index];
        Inquiry memory inquiry = batch.inquiry;
        Asked storage asked = _pending(batch, id, index, inquiry.round, number);

        // Check: this is the leaf that was asked for, in time.
        uint40 deadline = asked.askedAt + parameters.responseWindowSeconds;
        if (block.timestamp > deadline) revert IMarketplace.Marketplace_Overdue(id, index, deadline);
        if (leaf.position != asked.position) {
            revert IMarketplace.Marketplace_WrongLeaf(id, index, leaf.position);
        }
        QuestionLib.checkLeaf(id, terms, index, batch, leaf, proof);

        // Effect: the worker is paid for its trouble.
        asked.status = AskedStatus.Ended;
        emit IMarketplace.LeafRevealed(id, index, number, leaf);
        ledger.halve(batch.worker, _bond(terms, number, parameters));
        batch.thaw(inquiry);
    }

    function forfeit(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        uint32 round,
        uint32 number,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        Batch storage batch = ledger.batches[id][index];
        Asked storage asked = _pending(batch, id, index, round, number);
        (address asker, uint96 bond) = (asked.asker, _bond(terms, number, parameters));

        // Effect: the batch was taken from the worker on another question; this one cost its asker nothing.
        if (round != batch.inquiry.round) {
            asked.status = AskedStatus.Ended;
            ledger.add(asker, address(0), bond);
            emit IMarketplace.DemandVoided(id, index, asker, bond);
            return;
        }

        // Check: the time to answer is over.
        uint40 deadline = asked.askedAt + parameters.responseWindowSeconds;
        if (block.timestamp <= deadline) revert IMarketplace.Marketplace_NotOverdue(id, index, deadline);

        // Effect: who cannot show what it committed to was wrong. A demand takes no work, so it earns little: less than it costs to
        // demand every leaf of a batch because somebody else seems to demand one.
        asked.status = AskedStatus.Ended;
        uint256 mostShare = 2 * uint256(_bond(terms, 1, parameters));
        ledger.convict(id, terms, index, asker, bond, 0, mostShare, true, parameters);
    }

    function _bond(
        JobTerms calldata terms,
        uint32 number,
        Parameters memory parameters
    ) private pure returns (uint96) {
        return (uint256(number) * terms.partOfStake(parameters.demandBondBps)).toUint96();
    }

    function _pending(
        Batch storage batch,
        JobId id,
        uint32 index,
        uint32 round,
        uint32 number
    ) private view returns (Asked storage asked) {
        asked = batch.asked[QuestionLib.keyOf(round, number, true)];
        if (asked.status != AskedStatus.Pending) {
            revert IMarketplace.Marketplace_NotAsked(id, index, round, number);
        }
    }
}
