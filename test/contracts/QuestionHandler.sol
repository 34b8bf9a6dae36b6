// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {BatchStatus, BatchView} from "../../contracts/market/types/Batch.sol";
import {Demand} from "../../contracts/market/types/Demand.sol";
import {Dispute, DisputeId, Ground, Ruling} from "../../contracts/shared/types/Dispute.sol";
import {CommandedArbiter} from "./CommandedArbiter.sol";
import {MarketplaceWitness} from "./MarketplaceWitness.sol";
import {ResultTree} from "./ResultTree.sol";
import {vm} from "./Vm.sol";

/// @notice The part of the handler that puts batches in question: every call is allowed, or nothing happens.
abstract contract QuestionHandler is MarketplaceWitness {
    /// Those that are open, and those that were.
    mapping(uint256 job => mapping(uint32 batch => Dispute)) private disputes;
    /// Makes every commitment a new one.
    uint256 private salts;

    function dispute(uint256 j, uint32 b) public view returns (Dispute memory) {
        return disputes[j][b];
    }

    /// @dev The arbiter is proper half of the time.
    function misbehave(uint256 seed) external witnessed {
        ARBITER.behave(CommandedArbiter.Manner(seed % 12 < 6 ? seed % 6 : 0));
        ARBITER.charge(seed % 1 ether);
    }

    function challenge(uint256 who, uint256 which, uint256 seed) external witnessed {
        if (ARBITER.manner() == CommandedArbiter.Manner.Reverting) return;
        (bool found, uint256 j, uint32 b) = _find(which, _isChallengeable);
        if (!found) return;
        uint32 first = b * jobs[j].batchSize;
        uint32 index = uint32(seed % _tasksIn(j, b));
        Ground ground = seed % 2 == 0 ? Ground.WrongResult : Ground.Unavailable;
        bytes32 salt = bytes32(++salts);

        vm.prank(actor(who));
        MARKETPLACE.prepareChallenge(
            keccak256(abi.encode(actor(who), ids[j], b, first + index, ground, salt))
        );
        vm.roll(++block_);
        _challenge(actor(who), j, b, index, ground, salt);
    }

    function resolve(uint256 who, uint256 which, uint256 seed) external witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isChallenged);
        if (!found) return;
        Dispute memory open = disputes[j][b];
        DisputeId id = DisputeId.wrap(keccak256(abi.encode(open)));
        bool silent = seed % 4 == 0 || ARBITER.manner() != CommandedArbiter.Manner.Proper;
        if (silent && now_ <= open.openedAt + rules.disputeTimeoutSeconds) return;
        if (!silent) ARBITER.rule(address(MARKETPLACE), id, Ruling(seed % 4));
        vm.prank(actor(who));
        MARKETPLACE.resolve(_job(j), open);
    }

    function demand(uint256 who, uint256 which, uint256 seed) external witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isQuestionable);
        if (!found) return;
        uint32 position = b * jobs[j].batchSize + uint32(seed % _tasksIn(j, b));
        uint256 bond = _bond(j, rules.demandBondBps);
        bytes32 root = MARKETPLACE.batches(ids[j], b, 1)[0].resultRoot;
        vm.deal(actor(who), actor(who).balance + bond);
        vm.prank(actor(who));
        MARKETPLACE.demand{value: bond}(_job(j), b, position, root);
    }

    function reveal(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isRevealable);
        if (!found) return;
        uint32 position = Demand.wrap(MARKETPLACE.batches(ids[j], b, 1)[0].question).position();
        uint32 first = b * jobs[j].batchSize;
        (, bytes32[] memory proof) = ResultTree.prove(ids[j], first, _tasksIn(j, b), position - first);
        vm.prank(actor(who));
        MARKETPLACE.reveal(_job(j), b, ResultTree.leaf(ids[j], position), proof);
    }

    function forfeit(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isUnanswered);
        if (!found) return;
        vm.prank(actor(who));
        MARKETPLACE.forfeit(_job(j), b);
    }

    function _challenge(
        address challenger,
        uint256 j,
        uint32 b,
        uint32 index,
        Ground ground,
        bytes32 salt
    ) private {
        uint32 first = b * jobs[j].batchSize;
        (bytes32 root, bytes32[] memory proof) = ResultTree.prove(ids[j], first, _tasksIn(j, b), index);
        uint96 bond = _bond(j, rules.challengeBondBps);
        uint96 fee = uint96(ARBITER.fee());
        disputes[j][b] = Dispute({
            job: ids[j],
            specHash: jobs[j].specHash,
            batch: b,
            position: first + index,
            ground: ground,
            requester: jobs[j].requester,
            worker: MARKETPLACE.batches(ids[j], b, 1)[0].worker,
            challenger: challenger,
            resultRoot: root,
            resultLeaf: ResultTree.hash(ids[j], first + index),
            openedAt: uint40(now_),
            bond: bond,
            fee: fee
        });
        vm.deal(challenger, challenger.balance + bond + fee);
        vm.prank(challenger);
        MARKETPLACE.challenge{value: bond + fee}(
            _job(j),
            b,
            ResultTree.leaf(ids[j], first + index),
            proof,
            root,
            ground,
            salt
        );
        bytes32 question = MARKETPLACE.batches(ids[j], b, 1)[0].question;
        require(question == keccak256(abi.encode(disputes[j][b])), "10: a dispute says what happened");
    }

    function _bond(uint256 j, uint256 bps) internal view returns (uint96) {
        return uint96((uint256(jobs[j].stakePerBatch) * bps) / 10_000);
    }

    function _rootOf(uint256 j, uint32 b) internal view returns (bytes32 root) {
        (root, ) = ResultTree.prove(ids[j], b * jobs[j].batchSize, _tasksIn(j, b), 0);
    }

    function _isQuestionable(uint256 j, uint32, BatchView memory batch) private view returns (bool) {
        bool open = now_ < uint256(batch.timestamp) + jobs[j].challengeWindowSeconds;
        return batch.status == BatchStatus.Submitted && jobs[j].arbiter != address(0) && open;
    }

    function _isChallengeable(uint256 j, uint32 b, BatchView memory batch) private view returns (bool) {
        bool asked = batch.status == BatchStatus.Demanded && _inTime(batch);
        return (asked || _isQuestionable(j, b, batch)) && batch.resultRoot == _rootOf(j, b);
    }

    function _isChallenged(uint256, uint32, BatchView memory batch) private pure returns (bool) {
        return batch.status == BatchStatus.Challenged;
    }

    function _isRevealable(uint256 j, uint32 b, BatchView memory batch) private view returns (bool) {
        bool honest = batch.status == BatchStatus.Demanded && batch.resultRoot == _rootOf(j, b);
        return honest && _inTime(batch);
    }

    function _isUnanswered(uint256, uint32, BatchView memory batch) private view returns (bool) {
        return batch.status == BatchStatus.Demanded && !_inTime(batch);
    }

    function _inTime(BatchView memory batch) private view returns (bool) {
        return now_ <= Demand.wrap(batch.question).openedAt() + rules.responseWindowSeconds;
    }
}
