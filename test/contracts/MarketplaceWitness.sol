// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Account} from "../../contracts/market/types/Account.sol";
import {BatchStatus, BatchView} from "../../contracts/market/types/Batch.sol";
import {Inquiry} from "../../contracts/market/types/Question.sol";
import {JobStatus, JobTerms} from "../../contracts/shared/types/Job.sol";
import {JobBook} from "./JobBook.sol";
import {vm} from "./Vm.sol";

/// @notice Sees every state that the Marketplace goes through, and refuses steps that `invariants.md` forbids.
abstract contract MarketplaceWitness is JobBook {
    /// Where what is burned goes.
    address internal constant NOBODY = 0x000000000000000000000000000000000000dEaD;

    uint256 private block_ = 1_000_000;

    mapping(uint256 job => JobStatus) private jobSeen;
    mapping(uint256 job => mapping(uint256 batch => BatchView)) private batchSeen;
    mapping(address account => Account) private accountSeen;
    mapping(address account => uint256) private unbondedAt;
    /// Of the batch that an account gave back in this step: how long it was held, and how long it could have been.
    mapping(address account => uint256[2]) private held;
    /// Credit in coins before this step, and what it has to grow by.
    mapping(address account => uint256) private creditSeen;
    mapping(address account => uint256) private owed;

    /// @dev Plays at `now_`, and looks at what has changed.
    modifier witnessed() {
        vm.warp(now_);
        vm.roll(++block_);
        _;
        for (uint256 j = 0; j < jobs.length; ++j) _checkSteps(j);
        _endQuestions();
        for (uint256 i = 0; i < ACTORS; ++i) _checkAccount(actor(i));
    }

    // ─── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Invariants 4 and 5.
    function _checkSteps(uint256 j) private {
        (JobStatus status, ) = MARKETPLACE.job(ids[j]);
        if (status != jobSeen[j]) {
            require(uint8(status) == uint8(jobSeen[j]) + 1, "4: a job goes from posted to cancelled only");
            jobSeen[j] = status;
        }
        BatchView[] memory views = MARKETPLACE.batches(ids[j], 0, batchCount(j));
        for (uint256 b = 0; b < views.length; ++b) {
            BatchView memory from = batchSeen[j][b];
            BatchView memory to = views[b];
            if (keccak256(abi.encode(from)) == keccak256(abi.encode(to))) continue;
            require(
                _isStep(jobs[j], from, to),
                "5: a batch goes on by one step in time, or back when its worker failed"
            );
            // In time, only the worker itself can end its claim.
            if (from.status == BatchStatus.Claimed && to.worker == address(0) && now_ <= from.timestamp) {
                uint256 window = jobs[j].submitWindowSeconds;
                held[from.worker] = [window - (from.timestamp - now_), window];
            }
            if (from.inquiry.round != to.inquiry.round) _endRound(j, uint32(b), from.inquiry);
            batchSeen[j][b] = to;
        }
    }

    /// @dev What is kept of questions is somebody else's.
    function _endRound(uint256 j, uint32 b, Inquiry memory inquiry) internal virtual;

    function _endQuestions() internal virtual;

    function _isStep(
        JobTerms storage job,
        BatchView memory from,
        BatchView memory to
    ) private view returns (bool) {
        if (from.status == BatchStatus.Settled || from.status == BatchStatus.Void) return false;
        bool asks = from.status == BatchStatus.Submitted || from.status == BatchStatus.Questioned;
        if (!asks && keccak256(abi.encode(from.inquiry)) != keccak256(abi.encode(to.inquiry))) return false;
        if (from.status == BatchStatus.Open) {
            uint256 deadline = now_ + job.submitWindowSeconds;
            return to.status == BatchStatus.Claimed && now_ <= job.claimUntil && to.timestamp == deadline;
        }
        if (to.status == BatchStatus.Open || to.status == BatchStatus.Void) {
            bool empty = to.worker == address(0) && to.timestamp == 0 && to.resultRoot == 0;
            return empty && (from.status == BatchStatus.Claimed || _isConvicted(from, to));
        }
        if (to.worker != from.worker) return false;
        if (from.status == BatchStatus.Claimed) {
            bool inTime = now_ <= from.timestamp && to.timestamp == now_;
            return to.status == BatchStatus.Submitted && inTime && to.resultRoot != 0;
        }
        if (to.resultRoot != from.resultRoot || to.inquiry.round != from.inquiry.round) return false;
        if (to.status == BatchStatus.Settled) {
            bool over = now_ >= uint256(from.timestamp) + job.challengeWindowSeconds;
            return over && from.status == BatchStatus.Submitted && to.timestamp == from.timestamp;
        }
        return _isAskedOrAnswered(job, from, to);
    }

    /// @dev Another round, of which nothing is known yet.
    function _isConvicted(BatchView memory from, BatchView memory to) private pure returns (bool) {
        Inquiry memory fresh;
        fresh.round = from.inquiry.round + 1;
        bool over = keccak256(abi.encode(to.inquiry)) == keccak256(abi.encode(fresh));
        return from.status == BatchStatus.Questioned && over;
    }

    /// @dev One question more or less. The window stands still from the first to the last, and goes on where it was.
    function _isAskedOrAnswered(
        JobTerms storage job,
        BatchView memory from,
        BatchView memory to
    ) private view returns (bool) {
        Inquiry memory was = from.inquiry;
        Inquiry memory is_ = to.inquiry;
        bool asked = is_.pending == was.pending + 1;
        uint256 more = (is_.challenges - was.challenges) + (is_.demands - was.demands);
        if (more != (asked ? 1 : 0) || (!asked && is_.pending + 1 != was.pending)) return false;
        if (to.status != (is_.pending == 0 ? BatchStatus.Submitted : BatchStatus.Questioned)) return false;
        uint40 still = 0;
        uint40 since = was.frozenAt;
        if (was.pending == 0) {
            if (now_ >= uint256(from.timestamp) + job.challengeWindowSeconds) return false;
            since = uint40(now_);
        } else if (is_.pending == 0) {
            (still, since) = (uint40(now_) - was.frozenAt, 0);
        }
        bool counted = is_.frozenAt == since && is_.frozenSeconds == was.frozenSeconds + still;
        return counted && to.timestamp == from.timestamp + still;
    }

    /// @dev Invariants 7 and 9.
    function _checkAccount(address owner) private {
        Account memory from = accountSeen[owner];
        Account memory to = MARKETPLACE.account(owner);
        if (to.unbonding > from.unbonding) unbondedAt[owner] = now_;
        bool paidOut = to.unbonding < from.unbonding && to.stake + to.unbonding < from.stake + from.unbonding;
        require(
            !paidOut || now_ >= unbondedAt[owner] + rules.unbondingSeconds,
            "7: stake left before its time"
        );
        uint256 score = from.score;
        for (uint256 i = from.settledBatches; i < to.settledBatches; ++i) score += (10_099 - score) / 100;
        for (uint256 i = from.expiredBatches; i < to.expiredBatches; ++i) score -= (score + 9) / 10;
        for (uint256 i = from.slashedBatches; i < to.slashedBatches; ++i) score /= 4;
        uint256[2] memory release = held[owner];
        if (release[1] > 0) score -= (score * release[0] + 10 * release[1] - 1) / (10 * release[1]);
        delete held[owner];
        require(to.score == score && score <= 10_000, "9: the score follows from the record");
        require(to.score == 0 || to.settledBatches > 0, "9: nobody begins with a score");
        accountSeen[owner] = to;
    }

    // ─── Money ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    function _seeCredits() internal {
        for (uint256 i = 0; i <= ACTORS; ++i) {
            address owner = i == ACTORS ? NOBODY : actor(i);
            (creditSeen[owner], owed[owner]) = (MARKETPLACE.credit(owner, address(0)), 0);
        }
    }

    function _owe(address owner, uint256 amount) internal {
        owed[owner] += amount;
    }

    /// @dev Since `_seeCredits`, everybody's credit grew by what it is owed, and by nothing else.
    function _checkCredits(string memory rule) internal view {
        for (uint256 i = 0; i <= ACTORS; ++i) {
            address owner = i == ACTORS ? NOBODY : actor(i);
            require(MARKETPLACE.credit(owner, address(0)) == creditSeen[owner] + owed[owner], rule);
        }
    }

    /// @dev The escrow of a batch that has become void is owed to the requester.
    function _oweRefund(uint256 j, uint32 b) internal {
        if (jobs[j].token != address(0) || _view(j, b).status != BatchStatus.Void) return;
        _owe(jobs[j].requester, _tasksIn(j, b) * uint256(jobs[j].rewardPerTask));
    }
}
