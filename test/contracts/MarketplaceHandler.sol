// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {Account} from "../../contracts/market/types/Account.sol";
import {BatchStatus, BatchView} from "../../contracts/market/types/Batch.sol";
import {Cid} from "../../contracts/shared/types/Cid.sol";
import {Inquiry, Question} from "../../contracts/market/types/Question.sol";
import {SignedCall} from "../../contracts/market/types/SignedCall.sol";
import {Dispute} from "../../contracts/shared/types/Dispute.sol";
import {JobStatus, JobTerms} from "../../contracts/shared/types/Job.sol";
import {AnyCall} from "./AnyCall.sol";
import {CommandedArbiter} from "./CommandedArbiter.sol";
import {JobBook} from "./JobBook.sol";
import {QuestionHandler} from "./QuestionHandler.sol";
import {PlainToken} from "./tokens/PlainToken.sol";

/// @notice What the fuzzer plays with. Every function but {anything} does what is allowed, or nothing: here a revert is a fault of
/// the Marketplace. {anything} tries what comes, allowed or not.
contract MarketplaceHandler is QuestionHandler {
    AnyCall private immutable CALLS;

    /// How many calls of {anything} went through.
    uint256 public allowed;

    constructor(
        IMarketplace marketplace,
        CommandedArbiter arbiter,
        PlainToken token,
        AnyCall calls
    ) JobBook(marketplace, arbiter, token) {
        CALLS = calls;
    }

    // ─── What is allowed succeeds ────────────────────────────────────────────────────────────────────────────────────────

    function pass(uint256 seconds_) external witnessed {
        now_ += 1 + (seconds_ % (seconds_ % 4 == 0 ? 3 hours : 10 minutes));
    }

    function deposit(uint256 who, uint256 amount) external witnessed {
        _deposit(actor(who), 1 + (amount % 10 ether));
    }

    function unbond(uint256 who, uint256 amount) external witnessed {
        Account memory account = MARKETPLACE.account(actor(who));
        uint96 free = account.stake - account.locked;
        if (free == 0) return;
        _do(actor(who), 0, abi.encodeCall(IMarketplace.unbond, (uint96(1 + (amount % free)))));
    }

    function rebond(uint256 who, uint256 amount) external witnessed {
        uint96 unbonding = MARKETPLACE.account(actor(who)).unbonding;
        if (unbonding == 0) return;
        _do(actor(who), 0, abi.encodeCall(IMarketplace.rebond, (uint96(1 + (amount % unbonding)))));
    }

    function withdrawStake(uint256 who) external witnessed {
        Account memory account = MARKETPLACE.account(actor(who));
        if (account.unbonding == 0 || now_ < account.unbondingReadyAt) return;
        _do(actor(who), 0, abi.encodeCall(IMarketplace.withdrawStake, (payable(actor(who)))));
    }

    function withdraw(uint256 who, uint256 which) external witnessed {
        address token = which % 2 == 0 ? address(0) : address(TOKEN);
        if (MARKETPLACE.credit(actor(who), token) == 0) return;
        _do(actor(who), 0, abi.encodeCall(IMarketplace.withdraw, (token, payable(actor(who)))));
    }

    function addCredit(uint256 who, uint256 which, uint256 amount) external witnessed {
        _addCredit(actor(who), which % 2 == 0 ? address(0) : address(TOKEN), 1 + (amount % 10 ether));
    }

    /// @dev Any rights of anybody, bits beyond the last too.
    function setRights(uint256 who, uint256 operator, uint256 rights) external witnessed {
        _do(actor(who), 0, abi.encodeCall(IMarketplace.setRights, (actor(operator), rights % 64)));
    }

    function useNonces(uint256 who, uint256 which) external witnessed {
        bytes memory data = abi.encodeCall(IMarketplace.useNonces, (which % 4, 1 << (which >> 8) % 256));
        _do(actor(who), 0, data);
    }

    function post(uint256 who, uint256 seed) external witnessed {
        if (jobs.length < MAX_JOBS) _post(actor(who), seed);
    }

    /// @dev The way of a batch until it is in question, in one go: in so many calls at random, few would come so far.
    function hurry(uint256 who, uint256 which, uint256 seed) external {
        claim(who, which);
        submit(which, seed);
        ++now_;
        prepare(who, which, seed);
        ask(which, seed);
    }

    /// @dev Rarely, or there would soon be nothing left to claim.
    function cancel(uint256 which) external witnessed {
        if (jobs.length == 0 || !_isRare(which)) return;
        uint256 j = (which >> 8) % jobs.length;
        (JobStatus status, ) = MARKETPLACE.job(ids[j]);
        if (status == JobStatus.Posted)
            _do(jobs[j].requester, 0, abi.encodeCall(IMarketplace.cancel, (_job(j))));
    }

    /// @dev Up to three batches, so that workers have several at a time.
    function claim(uint256 who, uint256 which) public witnessed {
        for (uint256 i = 0; i <= which % 3; ++i) {
            (bool found, uint256 j, uint32 b) = _find(which >> 8, _isClaimable);
            if (!found) return;
            Account memory account = MARKETPLACE.account(actor(who));
            if (account.score < jobs[j].minScore) return;
            if (account.stake - account.locked < jobs[j].stakePerBatch)
                _deposit(actor(who), jobs[j].stakePerBatch);
            _do(actor(who), 0, abi.encodeCall(IMarketplace.claim, (_job(j), b)));
        }
    }

    /// @dev One in four commits to what it cannot open.
    function submit(uint256 which, uint256 seed) public witnessed {
        for (uint256 i = 0; i <= which % 3; ++i) {
            (bool found, uint256 j, uint32 b) = _find(which >> 8, _isInTime);
            if (!found) return;
            bytes32 root = (seed >> i) % 4 == 0 ? bytes32(uint256(1)) : _rootOf(j, b);
            bytes memory data = abi.encodeCall(IMarketplace.submit, (ids[j], b, root, Cid(0x01711e20, root)));
            _do(_view(j, b).worker, 0, data);
        }
    }

    function release(uint256 which) external witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isInTime);
        if (!found || !_isRare(which)) return;
        BatchView memory batch = _view(j, b);
        uint256 held = jobs[j].submitWindowSeconds - (batch.timestamp - now_);
        uint256 price = _part(j, rules.expiryPenaltyBps) * held;
        price = (price + jobs[j].submitWindowSeconds - 1) / jobs[j].submitWindowSeconds;
        uint256 least = _part(j, rules.releaseFeeBps);
        price = price < least ? least : price;
        uint256 stake = MARKETPLACE.account(batch.worker).stake;
        _seeCredits();
        _owe(NOBODY, price);
        _do(batch.worker, 0, abi.encodeCall(IMarketplace.release, (_job(j), b)));
        _oweRefund(j, b);
        _checkCredits("15: what it costs to give a batch back is burned");
        require(
            MARKETPLACE.account(batch.worker).stake == stake - price,
            "15: the time that a batch was held is paid"
        );
    }

    /// @dev All batches of a job that may be settled, and those that are settled already.
    function settle(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 j, ) = _find(which, _isSettleable);
        if (!found) return;
        BatchView[] memory views = MARKETPLACE.batches(ids[j], 0, batchCount(j));
        uint32[] memory indices = new uint32[](views.length);
        uint256 count = 0;
        for (uint32 b = 0; b < views.length; ++b) {
            if (views[b].status == BatchStatus.Settled || _isSettleable(j, b, views[b])) indices[count++] = b;
        }
        assembly ("memory-safe") {
            mstore(indices, count)
        }
        _send(
            actor(who),
            0,
            abi.encodeCall(IMarketplace.settle, (_job(j), indices)),
            "what is due is settled"
        );
    }

    function expire(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isOverdue);
        if (!found) return;
        address worker = _view(j, b).worker;
        uint256 stake = MARKETPLACE.account(worker).stake;
        uint256 penalty = _part(j, rules.expiryPenaltyBps);
        _seeCredits();
        _owe(NOBODY, penalty);
        _send(actor(who), 0, abi.encodeCall(IMarketplace.expire, (_job(j), b)), "what is overdue expires");
        _oweRefund(j, b);
        _checkCredits("15: what an expiry costs is burned");
        require(
            MARKETPLACE.account(worker).stake == stake - penalty,
            "15: an expiry costs the worker its part"
        );
    }

    /// @dev One in eight; of a hash, because the fuzzer likes round numbers.
    function _isRare(uint256 seed) private pure returns (bool) {
        return uint256(keccak256(abi.encode(seed))) % 8 == 0;
    }

    function _isClaimable(uint256 j, uint32, BatchView memory batch) private view returns (bool) {
        (JobStatus status, ) = MARKETPLACE.job(ids[j]);
        return batch.status == BatchStatus.Open && status == JobStatus.Posted && now_ <= jobs[j].claimUntil;
    }

    function _isInTime(uint256, uint32, BatchView memory batch) private view returns (bool) {
        return batch.status == BatchStatus.Claimed && now_ <= batch.timestamp;
    }

    function _isOverdue(uint256, uint32, BatchView memory batch) private view returns (bool) {
        return batch.status == BatchStatus.Claimed && now_ > batch.timestamp;
    }

    function _isSettleable(uint256 j, uint32, BatchView memory batch) private view returns (bool) {
        return
            batch.status == BatchStatus.Submitted &&
            now_ >= uint256(batch.timestamp) + jobs[j].challengeWindowSeconds;
    }

    // ─── What is not allowed changes nothing ─────────────────────────────────────────────────────────────────────────────

    /// @dev A call that is well-formed and no more: of anybody, about anything, at any time, with or without money, in its own name or
    /// in that of another, with and without the right to.
    function anything(uint256 who, uint256 what, uint256 which, uint256 amount) external witnessed {
        if (jobs.length == 0) return;
        ruledBoth = false;
        (bytes memory data, Question memory asked) = _anyCall(what, which, amount, actor(who));
        uint256 j = which % jobs.length;
        uint256[4] memory values = [0, jobs[j].taskCount * jobs[j].rewardPerTask, amount % 1 ether, 40 ether];
        uint256 value = values[(what >> 8) % 4];
        uint256 way = (what >> 16) % 4;
        address account = way < 2 ? actor(who) : actor(what >> 24);

        bool usable = asked.resultRoot != 0 && _isUsable(account, asked);
        Inquiry memory before;
        if (asked.resultRoot != 0) before = _view(indexOf[asked.job], asked.batch).inquiry;
        if (!_act(actor(who), account, way, value, data, amount)) return;
        ++allowed;
        if (bytes4(data) == IMarketplace.prepare.selector) {
            Question memory none;
            _notePrepared(account, bytes32(amount), none);
        }
        if (bytes4(data) != IMarketplace.challenge.selector && bytes4(data) != IMarketplace.demand.selector)
            return;
        require(usable, "14: nobody asks what it has not prepared, in time and with money");
        _noteQuestion(account, asked, before);
    }

    /// @dev Invariant 11: whether it went through, which in another's name it does with the right to alone.
    function _act(
        address sender,
        address account,
        uint256 way,
        uint256 value,
        bytes memory data,
        uint256 random
    ) private returns (bool ok) {
        if (way < 2) {
            (ok, ) = _send(sender, value, data);
        } else if (way == 2) {
            bool may = MARKETPLACE.rightsOf(account, sender) & rightFor(data) != 0;
            (ok, ) = _send(sender, value, abi.encodeCall(IMarketplace.callFor, (account, data)));
            require(may || !ok, "11: an operator does what it was given, and nothing else");
        } else {
            // Signed by another, or late, or for other money, or with a nonce that is used; at times none of it.
            SignedCall memory call = SignedCall(
                account,
                data,
                value,
                random % 1024,
                now_ - ((random >> 16) % 2)
            );
            bool good = account == sender && call.deadline == now_ && !_isUsed(account, call.nonce);
            if ((random >> 24) % 4 == 0) (call.value, good) = (value + 1, false);
            (ok, ) = _send(actor(random >> 8), value, _signed(sender, call));
            require(
                good || !ok,
                "11: a signature is the account's, of this very call, in time, and good once"
            );
            require(!ok || _isUsed(account, call.nonce), "11: a signature is good once");
        }
    }

    function _anyCall(
        uint256 what,
        uint256 which,
        uint256 amount,
        address to
    ) private view returns (bytes memory data, Question memory asked) {
        uint256 j = which % jobs.length;
        uint32 b = uint32((which >> 128) % (batchCount(j) + 1));
        if (what % 2 == 0) return (CALLS.any(what >> 1, _job(j), _spec(), b, amount, to), asked);
        Dispute memory dispute;
        if (questions.length > 0) dispute = questions[amount % questions.length];
        if (what % 4 == 1 || prepared.length == 0)
            return (CALLS.question(what >> 2, _job(j), dispute, b, amount), asked);
        asked = prepared[amount % prepared.length].question;
        if (asked.resultRoot == 0) return (abi.encodeCall(IMarketplace.prepare, (bytes32(amount))), asked);
        return (_askCall(asked), asked);
    }
}
