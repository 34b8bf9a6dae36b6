// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {BatchStatus, BatchView} from "../../contracts/market/types/Batch.sol";
import {Inquiry, Preparation, Question} from "../../contracts/market/types/Question.sol";
import {Dispute, DisputeId, Ground, Ruling} from "../../contracts/shared/types/Dispute.sol";
import {JobId} from "../../contracts/shared/types/Job.sol";
import {CommandedArbiter} from "./CommandedArbiter.sol";
import {QuestionBook} from "./QuestionBook.sol";
import {ResultTree} from "./ResultTree.sol";

/// @notice The part of the handler that puts batches in question: every call is allowed, or nothing happens.
abstract contract QuestionHandler is QuestionBook {
    /// @dev The arbiter is proper half of the time.
    function misbehave(uint256 seed) external witnessed {
        ARBITER.behave(CommandedArbiter.Manner(seed % 12 < 6 ? seed % 6 : 0));
        ARBITER.charge(seed % 1 ether);
    }

    /// @dev Up to three questions, of which some are about batches that are not submitted yet, some never asked, and some asked by
    /// another first.
    function prepare(uint256 who, uint256 which, uint256 seed) public witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isOfInterest);
        if (!found) return;
        for (uint256 i = 0; i <= seed % 3; ++i)
            _prepare(actor((who >> 8) + i), j, b, uint256(keccak256(abi.encode(seed, i))));
    }

    /// @dev Uses up to three preparations, a second after the last.
    function ask(uint256 which, uint256 extra) public {
        ++now_;
        for (uint256 k = 0; k <= extra % 3; ++k) _ask((which >> 8) + k, extra);
    }

    /// @dev The money of a question that somebody else asked.
    function reclaim(uint256 which) external witnessed {
        uint256 pairs = prepared.length * questions.length;
        for (uint256 k = 0; k < pairs; ++k) {
            uint256 pair = ((which % pairs) + k) % pairs;
            Prepared storage mine = prepared[pair % prepared.length];
            Dispute storage theirs = questions[pair / prepared.length];
            if (!_isReclaimable(mine, theirs)) continue;
            _seeCredits();
            _owe(mine.asker, MARKETPLACE.prepared(mine.asker, mine.commitment).amount);
            _do(
                mine.asker,
                0,
                abi.encodeCall(IMarketplace.reclaim, (mine.question, theirs.round, theirs.number))
            );
            _checkCredits("14: a preparation is given back to the wei");
            return;
        }
    }

    function resolve(uint256 who, uint256 which, uint256 seed) external witnessed {
        (bool found, uint256 i) = _findQuestion(which, _isChallenge);
        if (!found) return;
        Dispute memory open = questions[i];
        DisputeId id = DisputeId.wrap(keccak256(abi.encode(open)));
        bool silent = seed % 4 == 0 || ARBITER.manner() != CommandedArbiter.Manner.Proper;
        bool late = now_ > open.openedAt + rules.disputeTimeoutSeconds;
        if (silent && !late) return;
        Ruling ruling = silent ? Ruling.Undecided : Ruling(1 + ((seed >> 8) % 5));
        if (!silent) ARBITER.rule(id, ruling);
        ruledBoth = ruling == Ruling.BothWrong;
        bool over = _isOver(open);
        _seeCredits();
        if (over) _oweLate(open, ruling);
        else _oweRuling(open, ruling);
        _send(
            actor(who),
            0,
            abi.encodeCall(IMarketplace.resolve, (_job(jobOf[i]), open)),
            "a ruling is carried out"
        );
        if (!over) _oweRefund(jobOf[i], open.batch);
        _checkCredits("13: a ruling pays what it says, to the wei");
    }

    function reveal(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 i) = _findQuestion(which, _isRevealable);
        if (!found) return;
        Dispute memory open = questions[i];
        uint256 j = jobOf[i];
        uint32 first = open.batch * jobs[j].batchSize;
        (, bytes32[] memory proof) = ResultTree.prove(
            ids[j],
            first,
            _tasksIn(j, open.batch),
            open.position - first
        );
        _seeCredits();
        _oweHalf(open, open.worker);
        _send(
            actor(who),
            0,
            abi.encodeCall(
                IMarketplace.reveal,
                (_job(j), open.batch, open.number, ResultTree.leaf(ids[j], open.position), proof)
            ),
            "a leaf can be shown"
        );
        _checkCredits("13: an answer is paid, to the wei");
    }

    function forfeit(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 i) = _findQuestion(which, _isUnanswered);
        if (!found) return;
        Dispute memory open = questions[i];
        bool over = _isOver(open);
        ruledBoth = false;
        _seeCredits();
        if (over) _owe(open.challenger, open.bond);
        else _oweConviction(open, true);
        _send(
            actor(who),
            0,
            abi.encodeCall(IMarketplace.forfeit, (_job(jobOf[i]), open.batch, open.round, open.number)),
            "silence is ended"
        );
        if (!over) _oweRefund(jobOf[i], open.batch);
        _checkCredits("13: silence costs the worker what it says, to the wei");
    }

    // ─── The steps of asking ─────────────────────────────────────────────────────────────────────────────────────────────

    function _prepare(address asker, uint256 j, uint32 b, uint256 seed) private {
        Ground ground = Ground(seed % 3);
        uint32 position = b * jobs[j].batchSize + uint32((seed >> 8) % _tasksIn(j, b));
        bytes32 answer = ground == Ground.WrongResult ? keccak256(abi.encode(seed)) : bytes32(0);
        Question memory question = Question(
            ids[j],
            b,
            position,
            ground,
            _rootOf(j, b),
            answer,
            bytes32(prepared.length)
        );
        // One in eight is too little.
        uint256 least = _part(j, rules.challengeBondBps);
        uint256 amount = (seed >> 40) % 8 == 0 ? 1 : least + ((seed >> 48) % 3) * ((seed >> 64) % 0.1 ether);
        bytes32 commitment = keccak256(abi.encode(asker, question));
        _do(asker, amount, abi.encodeCall(IMarketplace.prepare, (commitment)));
        _notePrepared(asker, commitment, question);
    }

    function _ask(uint256 which, uint256 extra) private witnessed {
        (bool found, uint256 i) = _findPrepared(which);
        if (!found) return;
        Prepared memory mine = prepared[i];
        uint256 needed = _price(mine.question);
        uint256 amount = MARKETPLACE.prepared(mine.asker, mine.commitment).amount;
        uint256 tooMuch = (extra >> 8) % 3 == 0 ? (extra >> 16) % 1 ether : 0;
        uint256 value = (needed > amount ? needed - amount : 0) + tooMuch;
        _seeCredits();
        _owe(mine.asker, amount + value - needed);
        Inquiry memory before = _view(indexOf[mine.question.job], mine.question.batch).inquiry;
        _do(mine.asker, value, _askCall(mine.question));
        _checkCredits("14: what is too much is credited, to the wei");
        _noteQuestion(mine.asker, mine.question, before);
    }

    /// @dev Challenges need the arbiter, and a leaf that is under the root and does not stand.
    function _findPrepared(uint256 seed) private view returns (bool, uint256 i) {
        for (uint256 k = 0; k < prepared.length; ++k) {
            i = ((seed % prepared.length) + k) % prepared.length;
            Prepared storage mine = prepared[i];
            if (!_isUsable(mine.asker, mine.question)) continue;
            Question storage question = mine.question;
            if (question.ground == Ground.None) return (true, i);
            bool standing =
                question.ground == Ground.WrongResult &&
                    MARKETPLACE.stands(
                        question.job,
                        question.position,
                        ResultTree.hash(question.job, question.position)
                    );
            if (ARBITER.manner() != CommandedArbiter.Manner.Reverting && !standing) return (true, i);
        }
        return (false, 0);
    }

    // ─── What is owed ────────────────────────────────────────────────────────────────────────────────────────────────────

    function _oweRuling(Dispute memory open, Ruling ruling) private {
        if (ruling == Ruling.WorkerWrong || ruling == Ruling.BothWrong) {
            _oweConviction(open, ruling == Ruling.WorkerWrong);
        } else {
            _oweHalf(open, ruling == Ruling.Undecided ? open.challenger : open.worker);
        }
    }

    function _oweHalf(Dispute memory open, address owner) private {
        _owe(owner, open.bond / 2);
        _owe(NOBODY, open.bond - open.bond / 2);
    }

    /// @dev The round is over, and the worker slashed. Who was right has lost nothing.
    function _oweLate(Dispute memory open, Ruling ruling) private {
        bool right = ruling == Ruling.WorkerWrong;
        _owe(right ? open.challenger : open.requester, _feeLeft(open));
        if (right) _owe(open.challenger, open.bond);
        else if (ruling == Ruling.BothWrong) _owe(NOBODY, open.bond);
        else _oweHalf(open, ruling == Ruling.Undecided ? open.challenger : open.worker);
    }

    function _oweConviction(Dispute memory open, bool rewarded) private {
        uint256 slashed = _part(indexOf[open.job], rules.slashBps);
        uint256 fees = _view(indexOf[open.job], open.batch).inquiry.fees;
        (uint256 reward, , uint256 left) = _sharesOf(open, fees, !rewarded);
        _owe(open.challenger, rewarded ? open.bond + reward : 0);
        _owe(NOBODY, (slashed * rules.burnBps) / 10_000 + (rewarded ? 0 : open.bond));
        _owe(open.requester, left);
    }

    // ─── What is to be found ─────────────────────────────────────────────────────────────────────────────────────────────

    function _isOfInterest(uint256 j, uint32, BatchView memory batch) private view returns (bool) {
        bool named = batch.status == BatchStatus.Claimed && j % 2 == 0;
        bool submitted = batch.status == BatchStatus.Submitted || batch.status == BatchStatus.Questioned;
        return jobs[j].arbiter != address(0) && (named || submitted);
    }

    function _isChallenge(Dispute storage open) private view returns (bool) {
        return open.ground != Ground.None;
    }

    function _isRevealable(Dispute storage open) private view returns (bool) {
        bool honest = open.resultRoot == _rootOf(indexOf[open.job], open.batch);
        bool inTime = now_ <= open.openedAt + rules.responseWindowSeconds;
        return open.ground == Ground.None && honest && inTime && !_isOver(open);
    }

    function _isUnanswered(Dispute storage open) private view returns (bool) {
        bool late = now_ > open.openedAt + rules.responseWindowSeconds;
        return open.ground == Ground.None && (late || _isOver(open));
    }

    function _isReclaimable(Prepared storage mine, Dispute storage theirs) private view returns (bool) {
        Preparation memory money = MARKETPLACE.prepared(mine.asker, mine.commitment);
        bool same =
            mine.question.position == theirs.position &&
                mine.question.ground == theirs.ground &&
                mine.question.batch == theirs.batch &&
                JobId.unwrap(mine.question.job) == JobId.unwrap(theirs.job);
        return
            same &&
            mine.asker != theirs.challenger &&
            money.preparedAt != 0 &&
            money.preparedAt <= theirs.openedAt;
    }
}
