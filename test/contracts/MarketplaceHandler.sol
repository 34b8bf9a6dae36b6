// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {Account} from "../../contracts/market/types/Account.sol";
import {BatchStatus, BatchView} from "../../contracts/market/types/Batch.sol";
import {Cid} from "../../contracts/shared/types/Cid.sol";
import {JobStatus, JobTerms} from "../../contracts/shared/types/Job.sol";
import {AnyCall} from "./AnyCall.sol";
import {CommandedArbiter} from "./CommandedArbiter.sol";
import {MarketplaceWitness} from "./MarketplaceWitness.sol";
import {QuestionHandler} from "./QuestionHandler.sol";
import {vm} from "./Vm.sol";
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
    ) MarketplaceWitness(marketplace, arbiter, token) {
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
        vm.prank(actor(who));
        MARKETPLACE.unbond(uint96(1 + (amount % free)));
    }

    function rebond(uint256 who, uint256 amount) external witnessed {
        uint96 unbonding = MARKETPLACE.account(actor(who)).unbonding;
        if (unbonding == 0) return;
        vm.prank(actor(who));
        MARKETPLACE.rebond(uint96(1 + (amount % unbonding)));
    }

    function withdrawStake(uint256 who) external witnessed {
        Account memory account = MARKETPLACE.account(actor(who));
        if (account.unbonding == 0 || now_ < account.unbondingReadyAt) return;
        vm.prank(actor(who));
        MARKETPLACE.withdrawStake(payable(actor(who)));
    }

    function withdraw(uint256 who, uint256 which) external witnessed {
        address token = which % 2 == 0 ? address(0) : address(TOKEN);
        if (MARKETPLACE.credit(actor(who), token) == 0) return;
        vm.prank(actor(who));
        MARKETPLACE.withdraw(token, payable(actor(who)));
    }

    function post(uint256 who, uint256 seed) external witnessed {
        if (jobs.length < MAX_JOBS) _post(actor(who), seed);
    }

    /// @dev Rarely, or there would soon be nothing left to claim.
    function cancel(uint256 which) external witnessed {
        if (jobs.length == 0 || which % 4 != 0) return;
        uint256 j = (which >> 8) % jobs.length;
        (JobStatus status, uint32 openTasks) = MARKETPLACE.job(ids[j]);
        if (status != JobStatus.Posted || openTasks == 0) return;
        vm.prank(jobs[j].requester);
        MARKETPLACE.cancel(_job(j));
    }

    /// @dev Up to three batches, so that workers have several at a time.
    function claim(uint256 who, uint256 which) external witnessed {
        for (uint256 i = 0; i <= which % 3; ++i) {
            (bool found, uint256 j, uint32 b) = _find(which >> 8, _isClaimable);
            if (!found) return;
            Account memory account = MARKETPLACE.account(actor(who));
            if (account.score < jobs[j].minScore) return;
            if (account.stake - account.locked < jobs[j].stakePerBatch)
                _deposit(actor(who), jobs[j].stakePerBatch);
            vm.prank(actor(who));
            MARKETPLACE.claim(_job(j), b);
        }
    }

    /// @dev One in four commits to what it cannot open.
    function submit(uint256 which, uint256 seed) external witnessed {
        for (uint256 i = 0; i <= which % 3; ++i) {
            (bool found, uint256 j, uint32 b) = _find(which >> 8, _isInTime);
            if (!found) return;
            bytes32 root = (seed >> i) % 4 == 0 ? bytes32(uint256(1)) : _rootOf(j, b);
            vm.prank(MARKETPLACE.batches(ids[j], b, 1)[0].worker);
            MARKETPLACE.submit(ids[j], b, root, Cid(0x01711e20, root));
        }
    }

    function release(uint256 which) external witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isInTime);
        if (!found || which % 4 != 0) return;
        vm.prank(MARKETPLACE.batches(ids[j], b, 1)[0].worker);
        MARKETPLACE.release(_job(j), b);
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
        vm.prank(actor(who));
        MARKETPLACE.settle(_job(j), indices);
    }

    function expire(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isOverdue);
        if (!found) return;
        vm.prank(actor(who));
        MARKETPLACE.expire(_job(j), b);
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

    /// @dev A call that is well-formed and no more: of anybody, about anything, at any time, with or without money.
    function anything(uint256 who, uint256 what, uint256 which, uint256 amount) external witnessed {
        if (jobs.length == 0) return;
        uint256 j = which % jobs.length;
        uint32 b = uint32((which >> 128) % (batchCount(j) + 1));
        JobTerms memory job = _job(j);
        bytes memory data =
            what % 2 == 0
                ? CALLS.any(what >> 1, job, _spec(), b, amount, actor(who))
                : CALLS.question(what >> 1, job, dispute(j, b), b, amount);
        uint256[4] memory values = [
            0,
            job.taskCount * job.rewardPerTask,
            _bond(j, rules.demandBondBps),
            _bond(j, rules.challengeBondBps) + ARBITER.fee()
        ];
        uint256 value = values[(what >> 8) % 4];
        vm.deal(actor(who), actor(who).balance + value);
        vm.prank(actor(who));
        (bool ok, ) = address(MARKETPLACE).call{value: value}(data);
        if (ok) ++allowed;
    }
}
