// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {BatchStatus, BatchView} from "../../contracts/market/types/Batch.sol";
import {
    Asked,
    AskedStatus,
    Inquiry,
    Preparation,
    Question,
    QuestionView
} from "../../contracts/market/types/Question.sol";
import {Dispute, Ground} from "../../contracts/shared/types/Dispute.sol";
import {MarketplaceWitness} from "./MarketplaceWitness.sol";
import {ResultTree} from "./ResultTree.sol";

/// @notice What was prepared and what was asked, as the one who plays remembers it.
abstract contract QuestionBook is MarketplaceWitness {
    struct Prepared {
        address asker;
        bytes32 commitment;
        /// Of no job, if the commitment is to nothing.
        Question question;
    }

    Prepared[] internal prepared;
    mapping(address asker => mapping(bytes32 commitment => bool)) private known;
    /// All that was ever asked. A demand is kept as a dispute without a ground.
    Dispute[] internal questions;
    mapping(uint256 question => uint256) internal jobOf;
    mapping(uint256 question => bool) private ended;
    /// What was set aside, in wei, for the fees of challenges that were pending when their round ended.
    mapping(uint256 job => mapping(uint32 batch => mapping(uint24 round => uint256))) internal reserves;
    uint256 public reservedWei;
    /// Whether the arbiter has just said that both were wrong, and so the asker gets nothing.
    bool internal ruledBoth;

    function questionCount() external view returns (uint256) {
        return questions.length;
    }

    function question(uint256 i) external view returns (Dispute memory, uint256 j, bool pending) {
        return (questions[i], jobOf[i], _askedOf(questions[i]).status == AskedStatus.Pending);
    }

    /// @notice What lies behind commitments, used for nothing yet or never.
    function preparedWei() external view returns (uint256 sum) {
        for (uint256 i = 0; i < prepared.length; ++i) {
            sum += MARKETPLACE.prepared(prepared[i].asker, prepared[i].commitment).amount;
        }
    }

    function _notePrepared(address asker, bytes32 commitment, Question memory question_) internal {
        if (known[asker][commitment]) return;
        known[asker][commitment] = true;
        prepared.push(Prepared(asker, commitment, question_));
    }

    /// @dev The question that ended the round has ended in this step. What other pending challenges paid is set aside, as far as the
    /// slash goes.
    function _endRound(uint256 j, uint32 b, Inquiry memory inquiry) internal override {
        for (uint256 i = 0; i < questions.length; ++i) {
            Dispute memory open = questions[i];
            if (ended[i] || jobOf[i] != j || open.batch != b || open.round != inquiry.round) continue;
            if (_askedOf(open).status == AskedStatus.Pending) continue;
            ended[i] = true;
            (, uint256 reserved, ) = _sharesOf(open, inquiry.fees, ruledBoth);
            reserves[j][b][inquiry.round] = reserved;
            reservedWei += reserved;
            return;
        }
        revert("12: a round ends by a question");
    }

    /// @dev Of those that ended after their round, the fee has been taken from what was set aside.
    function _endQuestions() internal override {
        for (uint256 i = 0; i < questions.length; ++i) {
            Dispute memory open = questions[i];
            if (ended[i] || _askedOf(open).status == AskedStatus.Pending) continue;
            ended[i] = true;
            if (!_isOver(open)) continue;
            uint256 fee = _feeLeft(open);
            reserves[jobOf[i]][open.batch][uint24(open.round)] -= fee;
            reservedWei -= fee;
        }
    }

    /// @dev What is left of what was set aside for a challenge whose round is over: its fee at most.
    function _feeLeft(Dispute memory open) internal view returns (uint256) {
        uint256 reserve = reserves[indexOf[open.job]][open.batch][uint24(open.round)];
        return open.fee < reserve ? open.fee : reserve;
    }

    /// @dev The slash that a question brings: a part burned, then the fee of who is right, then what others paid, then a share, and the
    /// rest to the requester.
    function _sharesOf(
        Dispute memory open,
        uint256 fees,
        bool both
    ) internal view returns (uint256 reward, uint256 reserved, uint256 left) {
        uint256 slashed = _part(indexOf[open.job], rules.slashBps);
        left = slashed - (slashed * rules.burnBps) / 10_000;
        if (!both) reward = open.fee < left ? open.fee : left;
        left -= reward;
        reserved = fees - open.fee < left ? fees - open.fee : left;
        left -= reserved;
        if (both) return (reward, reserved, left);
        uint256 share = (left * rules.challengerShareBps) / 10_000;
        uint256 most = 2 * _part(indexOf[open.job], rules.demandBondBps);
        if (open.ground == Ground.None && share > most) share = most;
        return (reward + share, reserved, left - share);
    }

    /// @dev Invariants 10 and 12. Called when it was asked.
    function _noteQuestion(address asker, Question memory question_, Inquiry memory before) internal {
        uint256 j = indexOf[question_.job];
        bool demand = question_.ground == Ground.None;
        uint32 number = (demand ? before.demands : before.challenges) + 1;
        uint256 fee = demand ? 0 : ARBITER.fee();
        Dispute memory open = Dispute({
            job: question_.job,
            specHash: jobs[j].specHash,
            batch: question_.batch,
            round: before.round,
            number: number,
            position: question_.position,
            ground: question_.ground,
            requester: jobs[j].requester,
            worker: _view(j, question_.batch).worker,
            challenger: asker,
            resultRoot: question_.resultRoot,
            resultLeaf: demand ? bytes32(0) : ResultTree.hash(question_.job, question_.position),
            answer: question_.answer,
            openedAt: uint40(now_),
            bond: uint96(_priceOf(j, demand, number) - fee),
            fee: uint96(fee)
        });
        jobOf[questions.length] = j;
        questions.push(open);
        Asked memory asked = _askedOf(open);
        bytes32 id = demand ? bytes32(0) : keccak256(abi.encode(open));
        require(asked.dispute == id, "10: a dispute says what happened");
        require(
            keccak256(abi.encode(asked)) ==
                keccak256(
                    abi.encode(
                        Asked(asker, open.openedAt, open.position, open.ground, AskedStatus.Pending, id)
                    )
                ),
            "12: a question is what was asked"
        );
    }

    /// @dev What bond and fee of the next question come to, by the rule: n² and n times the first.
    function _price(Question memory question_) internal view returns (uint256) {
        uint256 j = indexOf[question_.job];
        Inquiry memory inquiry = _view(j, question_.batch).inquiry;
        bool demand = question_.ground == Ground.None;
        return _priceOf(j, demand, (demand ? inquiry.demands : inquiry.challenges) + 1);
    }

    function _priceOf(uint256 j, bool demand, uint256 n) private view returns (uint256) {
        if (demand) return n * _part(j, rules.demandBondBps);
        return n * n * (_part(j, rules.challengeBondBps) + ARBITER.fee());
    }

    /// @dev Whether a preparation is good now, by the rule: after the submission, before this second, not long ago, and dear enough.
    function _isUsable(address asker, Question memory question_) internal view returns (bool) {
        if (question_.resultRoot == 0) return false;
        Preparation memory money = MARKETPLACE.prepared(asker, keccak256(abi.encode(asker, question_)));
        uint256 j = indexOf[question_.job];
        BatchView memory batch = _view(j, question_.batch);
        bool pending = batch.status == BatchStatus.Questioned;
        bool open =
            batch.status == BatchStatus.Submitted &&
                now_ < uint256(batch.timestamp) + jobs[j].challengeWindowSeconds;
        return
            (pending || open) &&
            batch.resultRoot == question_.resultRoot &&
            money.preparedAt > batch.timestamp - batch.inquiry.frozenSeconds &&
            money.preparedAt < now_ &&
            now_ <= money.preparedAt + rules.responseWindowSeconds &&
            money.amount >= _part(j, rules.challengeBondBps);
    }

    function _askCall(Question memory question_) internal view returns (bytes memory) {
        uint256 j = indexOf[question_.job];
        if (question_.ground == Ground.None) {
            return abi.encodeCall(IMarketplace.demand, (_job(j), question_));
        }
        uint32 first = question_.batch * jobs[j].batchSize;
        (, bytes32[] memory proof) = ResultTree.prove(
            question_.job,
            first,
            _tasksIn(j, question_.batch),
            question_.position - first
        );
        return
            abi.encodeCall(
                IMarketplace.challenge,
                (_job(j), question_, ResultTree.leaf(question_.job, question_.position), proof)
            );
    }

    /// @dev The first question that is pending and as wanted, from a random place on.
    function _findQuestion(
        uint256 seed,
        function(Dispute storage) view returns (bool) wanted
    ) internal view returns (bool, uint256 i) {
        for (uint256 k = 0; k < questions.length; ++k) {
            i = ((seed % questions.length) + k) % questions.length;
            if (_askedOf(questions[i]).status == AskedStatus.Pending && wanted(questions[i]))
                return (true, i);
        }
        return (false, 0);
    }

    /// @dev Its round is over.
    function _isOver(Dispute memory open) internal view returns (bool) {
        return _view(indexOf[open.job], open.batch).inquiry.round != open.round;
    }

    function _askedOf(Dispute memory open) private view returns (Asked memory) {
        return MARKETPLACE.asked(open.job, open.batch, open.round, open.number, open.ground == Ground.None);
    }

    function _rootOf(uint256 j, uint32 b) internal view returns (bytes32 root) {
        (root, ) = ResultTree.prove(ids[j], b * jobs[j].batchSize, _tasksIn(j, b), 0);
    }
}
