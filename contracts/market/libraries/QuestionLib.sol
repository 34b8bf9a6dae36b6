// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Leaves} from "../../shared/libraries/Leaves.sol";
import {MerkleTree} from "../../shared/libraries/MerkleTree.sol";
import {JobId, JobTerms} from "../../shared/types/Job.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch, BatchStatus} from "../types/Batch.sol";
import {Ledger} from "../types/Ledger.sol";
import {Parameters} from "../types/Parameters.sol";
import {Asked, AskedStatus, Inquiry, Question, QuestionView} from "../types/Question.sol";
import {BatchLib} from "./BatchLib.sol";
import {CreditLib} from "./CreditLib.sol";
import {StakeLib} from "./StakeLib.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice What a challenge and a demand have in common: a submitted batch is put in question, and the answer is for or against its
/// worker. Any number of questions can be pending, so that none can keep out another. The first that goes against the worker ends
/// the round; challenges that are pending then are still judged, each by itself, so that who was right loses nothing.
library QuestionLib {
    using BatchLib for Ledger;
    using CreditLib for Ledger;
    using StakeLib for Ledger;
    using TermsLib for JobTerms;

    uint256 private constant BPS = 10_000;
    uint256 private constant DEMAND = 1 << 32;

    /// @dev Where a batch keeps a question: challenges and demands are counted apart, from 1 in each round.
    function keyOf(uint32 round, uint32 number, bool demand) internal pure returns (uint256) {
        return (uint256(round) << 33) | (demand ? DEMAND : 0) | number;
    }

    /// @dev Where it is kept that a leaf was found right. It names the leaf, not the worker: what is right once is right for all.
    function leafKey(JobId id, uint32 position, bytes32 leaf) internal pure returns (bytes32) {
        return keccak256(abi.encode(id, position, leaf));
    }

    /// @dev A batch may be put in question, and is what the asker thinks it is: after a reorganisation, the same batch may have
    /// another worker, and another root. While something is pending its window stands still, and so is open.
    function checkQuestionable(
        Batch storage batch,
        JobId id,
        JobTerms calldata terms,
        Question calldata question
    ) internal view returns (Inquiry memory inquiry) {
        uint32 index = question.batch;
        if (JobId.unwrap(question.job) != JobId.unwrap(id)) {
            revert IMarketplace.Marketplace_WrongJob(id, question.job);
        }
        if (terms.arbiter == address(0)) revert IMarketplace.Marketplace_NoArbiter(id);
        (BatchStatus status, uint40 timestamp) = (batch.status, batch.timestamp);
        if (status != BatchStatus.Questioned) {
            BatchLib.checkStatus(status, BatchStatus.Submitted, id, index);
            uint256 settleableAt = uint256(timestamp) + terms.challengeWindowSeconds;
            if (block.timestamp >= settleableAt) {
                revert IMarketplace.Marketplace_ChallengeWindowOver(id, index, settleableAt);
            }
        }
        bytes32 root = batch.resultRoot;
        if (root != question.resultRoot) {
            revert IMarketplace.Marketplace_WrongRoot(id, index, root, question.resultRoot);
        }
        placeOf(id, terms, index, question.position);
        return batch.inquiry;
    }

    /// @dev Index of a task in its batch.
    function placeOf(
        JobId id,
        JobTerms calldata terms,
        uint32 index,
        uint32 position
    ) internal pure returns (uint256) {
        uint256 first = uint256(index) * terms.batchSize;
        if (position < first || position - first >= terms.tasksIn(index)) {
            revert IMarketplace.Marketplace_NoSuchTask(id, index, position);
        }
        return position - first;
    }

    /// @dev The leaf's hash. It is the leaf of its task in the tree that the worker committed to, by its root or by that bound to itself.
    function checkLeaf(
        JobId id,
        JobTerms calldata terms,
        uint32 index,
        Batch storage batch,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof
    ) internal view returns (bytes32 hash) {
        uint256 place = placeOf(id, terms, index, leaf.position);
        hash = Leaves.result(leaf.position, leaf.outcome, leaf.cid, leaf.byteLength);
        bytes32 shown = MerkleTree.rootOf(hash, place, terms.tasksIn(index), proof);
        bytes32 root = batch.resultRoot;
        if (shown == 0 || (shown != root && MerkleTree.bind(shown, batch.worker) != root)) {
            revert IMarketplace.Marketplace_WrongLeaf(id, index, leaf.position);
        }
    }

    /// @dev One more question is pending. The first one stops the challenge window.
    function freeze(Batch storage batch, Inquiry memory inquiry) internal {
        if (inquiry.pending == 0) {
            inquiry.frozenAt = uint40(block.timestamp);
            batch.status = BatchStatus.Questioned;
        }
        ++inquiry.pending;
        batch.inquiry = inquiry;
    }

    /// @dev One question less. After the last the challenge window goes on where it stood still, so that nobody can burn it by
    /// questions.
    function thaw(Batch storage batch, Inquiry memory inquiry) internal {
        if (--inquiry.pending == 0) {
            uint40 still = uint40(block.timestamp) - inquiry.frozenAt;
            inquiry.frozenAt = 0;
            inquiry.frozenSeconds += still;
            (batch.timestamp, batch.status) = (batch.timestamp + still, BatchStatus.Submitted);
        }
        batch.inquiry = inquiry;
    }

    /// @dev Of the bond of a question that did not go against the worker, half burns, whoever the asker is: it may be the worker
    /// itself, or its friend, that buys time. The other half is `owner`'s.
    function halve(Ledger storage ledger, address owner, uint96 bond) internal {
        uint96 half = bond / 2;
        ledger.add(owner, address(0), half);
        ledger.burn(bond - half);
    }

    /// @dev Against the worker: it is slashed, the batch is to be had again, and the round is over.
    /// @param fee What the arbiter was paid; the asker gets it back before anything is shared. Then what other pending challenges paid
    /// is set aside.
    /// @param mostShare The asker's share of the slash is at most so much.
    /// @param rewarded Whether the asker gets bond, fee and a share. If not, its bond burns, and the requester has its share.
    function convict(
        Ledger storage ledger,
        JobId id,
        JobTerms calldata terms,
        uint32 index,
        address asker,
        uint96 bond,
        uint96 fee,
        uint256 mostShare,
        bool rewarded,
        Parameters memory parameters
    ) internal {
        Batch storage batch = ledger.batches[id][index];
        address worker = batch.worker;
        uint96 slashed = terms.partOfStake(parameters.slashBps);
        uint256 burned = (slashed * uint256(parameters.burnBps)) / BPS;
        uint256 left = slashed - burned;
        uint256 reward = rewarded ? Math.min(fee, left) : 0;
        uint256 reserved = Math.min(batch.inquiry.fees - fee, left - reward);
        left -= reward + reserved;
        if (rewarded) {
            uint256 share = Math.min((left * parameters.challengerShareBps) / BPS, mostShare);
            (reward, left) = (reward + share, left - share);
            ledger.add(asker, address(0), bond + reward);
        } else {
            burned += bond;
        }

        ledger.unlockSlashed(worker, terms.stakePerBatch, slashed);
        ledger.add(terms.requester, address(0), left);
        ledger.burn(burned);
        emit IMarketplace.WorkerSlashed(id, index, worker, asker, slashed, burned, reward, reserved, left);
        Inquiry memory inquiry;
        uint24 round = batch.inquiry.round;
        if (reserved > 0) batch.reserves[round] = reserved;
        inquiry.round = round + 1;
        batch.inquiry = inquiry;
        ledger.vacate(id, terms, index);
    }

    /// @dev What is pending in the current round, challenges first.
    function pending(
        Batch storage batch,
        uint256 most
    ) internal view returns (QuestionView[] memory questions) {
        Inquiry memory inquiry = batch.inquiry;
        questions = new QuestionView[](Math.min(most, inquiry.pending));
        uint256 found = 0;
        uint256 all = uint256(inquiry.challenges) + inquiry.demands;
        for (uint256 i = 0; i < all && found < questions.length; ++i) {
            bool demand = i >= inquiry.challenges;
            uint32 number = uint32(demand ? i - inquiry.challenges : i) + 1;
            Asked memory asked = batch.asked[keyOf(inquiry.round, number, demand)];
            if (asked.status == AskedStatus.Pending) {
                questions[found++] = QuestionView(demand, number, asked);
            }
        }
    }
}
