// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IArbiter} from "../../shared/interfaces/IArbiter.sol";
import {DisputeLib} from "../../shared/libraries/DisputeLib.sol";
import {Dispute, DisputeId, Ground, Ruling} from "../../shared/types/Dispute.sol";
import {JobId, JobTerms} from "../../shared/types/Job.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch} from "../types/Batch.sol";
import {Ledger} from "../types/Ledger.sol";
import {Parameters} from "../types/Parameters.sol";
import {Asked, AskedStatus, Inquiry, Question} from "../types/Question.sol";
import {ArbiterLib} from "./ArbiterLib.sol";
import {CreditLib} from "./CreditLib.sol";
import {PreparationLib} from "./PreparationLib.sol";
import {QuestionLib} from "./QuestionLib.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice A challenge: the arbiter is asked about one task, and its ruling carried out.
library ChallengeLib {
    using CreditLib for Ledger;
    using DisputeLib for Dispute;
    using PreparationLib for Ledger;
    using QuestionLib for *;
    using SafeCast for uint256;
    using TermsLib for JobTerms;

    uint8 private constant OUTCOME_OK = 1;

    function challenge(
        Ledger storage ledger,
        address challenger,
        JobTerms calldata terms,
        Question calldata question,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        Batch storage batch = ledger.batches[id][question.batch];

        // Check: the batch may be challenged, on this ground, over this leaf.
        Inquiry memory inquiry = batch.checkQuestionable(id, terms, question);
        if (leaf.position != question.position) {
            revert IMarketplace.Marketplace_WrongLeaf(id, question.batch, leaf.position);
        }
        bytes32 hash = QuestionLib.checkLeaf(id, terms, question.batch, batch, leaf, proof);
        _checkGround(ledger, id, question, leaf, hash);

        // Check: bond and fee are here. The n-th challenge of a batch costs n² times as much as the first, the fee included.
        uint32 number = ++inquiry.challenges;
        uint96 base = terms.partOfStake(parameters.challengeBondBps);
        uint80 fee = IArbiter(terms.arbiter).fee().toUint80();
        uint256 needed = uint256(number) * number * (uint256(base) + fee);
        ledger.pay(batch, challenger, question, inquiry, base, needed, parameters.responseWindowSeconds);

        // Effect: the batch waits for the ruling.
        Dispute memory dispute = Dispute({
            job: id,
            specHash: terms.specHash,
            batch: question.batch,
            round: inquiry.round,
            number: number,
            position: question.position,
            ground: question.ground,
            requester: terms.requester,
            worker: batch.worker,
            challenger: challenger,
            resultRoot: question.resultRoot,
            resultLeaf: hash,
            answer: question.answer,
            openedAt: uint40(block.timestamp),
            bond: (needed - fee).toUint96(),
            fee: fee
        });
        _note(batch, inquiry, dispute, leaf);

        // Interaction: the arbiter is paid.
        IArbiter(terms.arbiter).open{value: fee}(dispute);
    }

    /// @dev The dispute is one of the batch's questions from now on.
    function _note(
        Batch storage batch,
        Inquiry memory inquiry,
        Dispute memory dispute,
        ResultLeaf calldata leaf
    ) private {
        bytes32 disputeId = keccak256(abi.encode(dispute));
        batch.asked[QuestionLib.keyOf(dispute.round, dispute.number, false)] = Asked({
            asker: dispute.challenger,
            askedAt: dispute.openedAt,
            position: dispute.position,
            ground: dispute.ground,
            status: AskedStatus.Pending,
            dispute: disputeId
        });
        inquiry.fees += uint80(dispute.fee);
        batch.freeze(inquiry);
        emit IMarketplace.BatchChallenged(
            dispute.job,
            dispute.batch,
            DisputeId.wrap(disputeId),
            dispute,
            leaf
        );
    }

    function resolve(
        Ledger storage ledger,
        JobTerms calldata terms,
        Dispute calldata dispute,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        uint32 index = dispute.batch;
        Batch storage batch = ledger.batches[id][index];
        DisputeId disputeId = dispute.id();
        Asked storage asked = batch.asked[QuestionLib.keyOf(dispute.round, dispute.number, false)];
        Inquiry memory inquiry = batch.inquiry;

        // Check: it is pending.
        if (asked.dispute != DisputeId.unwrap(disputeId) || asked.status != AskedStatus.Pending) {
            revert IMarketplace.Marketplace_NotAsked(id, index, dispute.round, dispute.number);
        }
        Ruling ruling = _rulingOf(terms, dispute, disputeId, parameters);

        // Effect: the ruling is carried out.
        asked.status = AskedStatus.Ended;
        emit IMarketplace.ChallengeResolved(id, index, disputeId, ruling);
        if (ruling == Ruling.WorkerRight && dispute.ground == Ground.WrongResult) {
            ledger.stands[QuestionLib.leafKey(id, dispute.position, dispute.resultLeaf)] = true;
        }
        if (dispute.round != inquiry.round) {
            _conclude(ledger, batch, dispute, ruling);
        } else if (ruling == Ruling.WorkerWrong || ruling == Ruling.BothWrong) {
            ledger.convict(
                id,
                terms,
                index,
                dispute.challenger,
                dispute.bond,
                dispute.fee,
                type(uint256).max,
                ruling == Ruling.WorkerWrong,
                parameters
            );
        } else {
            inquiry.fees -= uint80(dispute.fee);
            ledger.halve(_holder(dispute, ruling), dispute.bond);
            batch.thaw(inquiry);
        }
    }

    /// @dev What the arbiter rules; undecided if it has not ruled in time.
    function _rulingOf(
        JobTerms calldata terms,
        Dispute calldata dispute,
        DisputeId disputeId,
        Parameters memory parameters
    ) private view returns (Ruling ruling) {
        ruling = ArbiterLib.ask(terms.arbiter, disputeId);
        if (ruling != Ruling.None) return ruling;
        // Check: its time is over.
        uint256 timeoutAt = uint256(dispute.openedAt) + parameters.disputeTimeoutSeconds;
        if (block.timestamp <= timeoutAt) {
            revert IMarketplace.Marketplace_NotRuled(dispute.job, dispute.batch, timeoutAt);
        }
        return Ruling.Undecided;
    }

    /// @dev A ruling after the end of its round, when the worker is slashed and gone. A challenger that was right gets back what it paid,
    /// the fee out of what was set aside; what was set aside for another's is the requester's.
    function _conclude(
        Ledger storage ledger,
        Batch storage batch,
        Dispute calldata dispute,
        Ruling ruling
    ) private {
        uint256 reserve = batch.reserves[dispute.round];
        uint256 fee = Math.min(dispute.fee, reserve);
        if (fee > 0) batch.reserves[dispute.round] = reserve - fee;
        bool right = ruling == Ruling.WorkerWrong;
        address owner = right ? dispute.challenger : dispute.requester;
        ledger.add(owner, address(0), fee);
        emit IMarketplace.FeeReturned(dispute.job, dispute.batch, owner, fee);
        if (right) ledger.add(owner, address(0), dispute.bond);
        else if (ruling == Ruling.BothWrong) ledger.burn(dispute.bond);
        else ledger.halve(_holder(dispute, ruling), dispute.bond);
    }

    /// @dev Who gets half of a bond that did not go against the worker.
    function _holder(Dispute calldata dispute, Ruling ruling) private pure returns (address) {
        return ruling == Ruling.Undecided ? dispute.challenger : dispute.worker;
    }

    /// @dev A wrong result has a right one beside it, and was not found right before. Only an ok result can be unavailable.
    function _checkGround(
        Ledger storage ledger,
        JobId id,
        Question calldata question,
        ResultLeaf calldata leaf,
        bytes32 hash
    ) private view {
        Ground ground = question.ground;
        bool fits =
            ground == Ground.WrongResult
                ? question.answer != 0 && question.answer != hash
                : ground == Ground.Unavailable && leaf.outcome == OUTCOME_OK && question.answer == 0;
        if (!fits) revert IMarketplace.Marketplace_WrongGround(ground, leaf.outcome, question.answer);
        if (ground == Ground.WrongResult && ledger.stands[QuestionLib.leafKey(id, leaf.position, hash)])
            revert IMarketplace.Marketplace_LeafStands(id, leaf.position, hash);
    }
}
