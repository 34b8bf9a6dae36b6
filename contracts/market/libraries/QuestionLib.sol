// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch, BatchStatus} from "../types/Batch.sol";
import {JobId, JobTerms} from "../../shared/types/Job.sol";
import {Ledger} from "../types/Ledger.sol";
import {Parameters} from "../types/Parameters.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {BatchLib} from "./BatchLib.sol";
import {CreditLib} from "./CreditLib.sol";
import {Leaves} from "../../shared/libraries/Leaves.sol";
import {MerkleTree} from "../../shared/libraries/MerkleTree.sol";
import {StakeLib} from "./StakeLib.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice What a challenge and a demand have in common: a submitted batch is put in question, and the answer is for or against its
/// worker. One question a batch at a time.
library QuestionLib {
    using BatchLib for Ledger;
    using CreditLib for Ledger;
    using QuestionLib for Batch;
    using StakeLib for Ledger;
    using TermsLib for JobTerms;

    /// @dev Credit of this account is out of everybody's reach: nobody has its key.
    address internal constant NOBODY = 0x000000000000000000000000000000000000dEaD;
    uint256 private constant BPS = 10_000;

    /// @dev A submitted batch may be put in question, and is what the caller thinks it is: after a reorganisation, the same batch may
    /// have another worker, and another root.
    function checkQuestionable(
        Batch storage batch,
        JobId id,
        JobTerms calldata terms,
        uint32 index,
        bytes32 expectedRoot
    ) internal view {
        if (terms.arbiter == address(0)) revert IMarketplace.Marketplace_NoArbiter(id);
        uint256 settleableAt = uint256(batch.timestamp) + terms.challengeWindowSeconds;
        if (block.timestamp >= settleableAt) {
            revert IMarketplace.Marketplace_ChallengeWindowOver(id, index, settleableAt);
        }
        bytes32 root = batch.resultRoot;
        if (root != expectedRoot) revert IMarketplace.Marketplace_WrongRoot(id, index, root, expectedRoot);
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

    /// @dev The leaf's hash. It is the leaf of its task in the tree that the worker committed to.
    function checkLeaf(
        JobId id,
        JobTerms calldata terms,
        uint32 index,
        bytes32 root,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof
    ) internal pure returns (bytes32 hash) {
        uint256 place = placeOf(id, terms, index, leaf.position);
        hash = Leaves.result(leaf.position, leaf.outcome, leaf.cid, leaf.byteLength);
        if (!MerkleTree.verify(root, hash, place, terms.tasksIn(index), proof)) {
            revert IMarketplace.Marketplace_WrongLeaf(id, index, leaf.position);
        }
    }

    function ask(Batch storage batch, BatchStatus status, bytes32 question) internal {
        (batch.status, batch.question) = (status, question);
    }

    /// @dev The challenge window goes on where it stood still, so that nobody can burn it by questions.
    function resume(Batch storage batch, uint40 openedAt) internal {
        uint40 timestamp = batch.timestamp + (uint40(block.timestamp) - openedAt);
        (batch.timestamp, batch.status, batch.question) = (timestamp, BatchStatus.Submitted, 0);
    }

    /// @dev For the worker: the bond is its own.
    function acquit(Ledger storage ledger, Batch storage batch, uint40 openedAt, uint96 bond) internal {
        batch.resume(openedAt);
        ledger.add(batch.worker, address(0), bond);
    }

    /// @dev Against the worker: it is slashed, and the batch is to be had again.
    /// @param fee What the arbiter was paid; the challenger gets it back before anything is shared.
    function convict(
        Ledger storage ledger,
        JobId id,
        JobTerms calldata terms,
        uint32 index,
        address challenger,
        uint96 bond,
        uint96 fee,
        Parameters memory parameters
    ) internal {
        Batch storage batch = ledger.batches[id][index];
        address worker = batch.worker;
        uint96 slashed = terms.partOfStake(parameters.slashBps);
        uint256 burned = (slashed * uint256(parameters.burnBps)) / BPS;
        uint256 left = slashed - burned;
        uint256 reward = fee < left ? fee : left;
        left -= reward;
        uint256 share = (left * parameters.challengerShareBps) / BPS;
        (reward, left) = (reward + share, left - share);

        ledger.unlockSlashed(worker, terms.stakePerBatch, slashed);
        ledger.add(challenger, address(0), bond + reward);
        ledger.add(terms.requester, address(0), left);
        ledger.add(NOBODY, address(0), burned);
        emit IMarketplace.WorkerSlashed(id, index, worker, challenger, slashed, burned, reward, left);
        batch.question = 0;
        ledger.vacate(id, terms, index);
    }

    /// @dev For nobody: bond and stake go back to whose they are, the escrow to the requester.
    function dismiss(
        Ledger storage ledger,
        JobId id,
        JobTerms calldata terms,
        uint32 index,
        address challenger,
        uint96 bond
    ) internal {
        Batch storage batch = ledger.batches[id][index];
        ledger.unlock(batch.worker, terms.stakePerBatch, 0);
        ledger.add(challenger, address(0), bond);
        batch.question = 0;
        ledger.refund(id, terms, index);
    }
}
