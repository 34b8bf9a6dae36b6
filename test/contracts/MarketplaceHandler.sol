// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/interfaces/IMarketplace.sol";
import {Account} from "../../contracts/types/Account.sol";
import {BatchStatus, BatchView} from "../../contracts/types/Batch.sol";
import {Cid} from "../../contracts/types/Cid.sol";
import {JobStatus} from "../../contracts/types/Job.sol";
import {MarketplaceWitness} from "./MarketplaceWitness.sol";
import {vm} from "./Vm.sol";

/// @notice What the fuzzer plays with. Every function but {anything} does what is allowed, or nothing: here a revert is a fault of
/// the Marketplace. {anything} tries what comes, allowed or not.
contract MarketplaceHandler is MarketplaceWitness {
    /// How many calls of {anything} went through.
    uint256 public allowed;

    constructor(IMarketplace marketplace) MarketplaceWitness(marketplace) {}

    // ─── What is allowed succeeds ────────────────────────────────────────────────────────────────────────────────────────

    function pass(uint256 seconds_) external witnessed {
        now_ += 1 + (seconds_ % 2 hours);
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

    function withdraw(uint256 who) external witnessed {
        if (MARKETPLACE.credit(actor(who), address(0)) == 0) return;
        vm.prank(actor(who));
        MARKETPLACE.withdraw(address(0), payable(actor(who)));
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
        MARKETPLACE.cancel(jobs[j]);
    }

    /// @dev Up to three batches, so that workers have several at a time.
    function claim(uint256 who, uint256 which) external witnessed {
        for (uint256 i = 0; i <= which % 3; ++i) {
            (bool found, uint256 j, uint32 b) = _find(which >> 8, _isClaimable);
            if (!found) return;
            Account memory account = MARKETPLACE.account(actor(who));
            if (account.stake - account.locked < jobs[j].stakePerBatch)
                _deposit(actor(who), jobs[j].stakePerBatch);
            vm.prank(actor(who));
            MARKETPLACE.claim(jobs[j], b);
        }
    }

    function submit(uint256 which, bytes32 root) external witnessed {
        for (uint256 i = 0; i <= which % 3; ++i) {
            (bool found, uint256 j, uint32 b) = _find(which >> 8, _isInTime);
            if (!found || root == 0) return;
            vm.prank(MARKETPLACE.batches(ids[j], b, 1)[0].worker);
            MARKETPLACE.submit(ids[j], b, root, Cid(0x01711e20, root));
        }
    }

    /// @dev All batches of a job that may be settled, and those that are settled already.
    function settle(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 j, ) = _find(which, _isSettleable);
        if (!found) return;
        BatchView[] memory views = MARKETPLACE.batches(ids[j], 0, batchCount(j));
        uint32[] memory indices = new uint32[](views.length);
        uint256 count = 0;
        for (uint32 b = 0; b < views.length; ++b) {
            if (views[b].status == BatchStatus.Settled || _isSettleable(j, views[b])) indices[count++] = b;
        }
        assembly ("memory-safe") {
            mstore(indices, count)
        }
        vm.prank(actor(who));
        MARKETPLACE.settle(jobs[j], indices);
    }

    function expire(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 j, uint32 b) = _find(which, _isOverdue);
        if (!found) return;
        vm.prank(actor(who));
        MARKETPLACE.expire(jobs[j], b);
    }

    function _isClaimable(uint256 j, BatchView memory batch) private view returns (bool) {
        (JobStatus status, ) = MARKETPLACE.job(ids[j]);
        return batch.status == BatchStatus.Open && status == JobStatus.Posted && now_ <= jobs[j].claimUntil;
    }

    function _isInTime(uint256, BatchView memory batch) private view returns (bool) {
        return batch.status == BatchStatus.Claimed && now_ <= batch.timestamp;
    }

    function _isOverdue(uint256, BatchView memory batch) private view returns (bool) {
        return batch.status == BatchStatus.Claimed && now_ > batch.timestamp;
    }

    function _isSettleable(uint256 j, BatchView memory batch) private view returns (bool) {
        return
            batch.status == BatchStatus.Submitted &&
            now_ >= uint256(batch.timestamp) + jobs[j].challengeWindowSeconds;
    }

    // ─── What is not allowed changes nothing ─────────────────────────────────────────────────────────────────────────────

    /// @dev A call that is well-formed and no more: about anything, at any time, of anybody or of the batch's own worker.
    function anything(uint256 who, uint256 what, uint256 which, uint256 amount) external witnessed {
        if (jobs.length == 0) return;
        uint256 j = which % jobs.length;
        uint32 b = uint32((which >> 128) % (batchCount(j) + 1));
        address worker = MARKETPLACE.batches(ids[j], b, 1)[0].worker;
        address caller = worker != address(0) && who % 2 == 0 ? worker : actor(who >> 8);
        uint32[] memory two = new uint32[](2);
        (two[0], two[1]) = (b, 0);
        bytes[10] memory calls = [
            abi.encodeCall(IMarketplace.unbond, (uint96(amount))),
            abi.encodeCall(IMarketplace.rebond, (uint96(amount))),
            abi.encodeCall(IMarketplace.withdrawStake, (payable(caller))),
            abi.encodeCall(IMarketplace.withdraw, (address(0), payable(caller))),
            abi.encodeCall(IMarketplace.cancel, (jobs[j])),
            abi.encodeCall(IMarketplace.claim, (jobs[j], b)),
            abi.encodeCall(
                IMarketplace.submit,
                (ids[j], b, bytes32(amount), Cid(0x01711e20, bytes32(amount)))
            ),
            abi.encodeCall(IMarketplace.settle, (jobs[j], two)),
            abi.encodeCall(IMarketplace.expire, (jobs[j], b)),
            abi.encodeCall(IMarketplace.post, (jobs[j], _spec()))
        ];
        bytes memory data = calls[what % calls.length];
        uint256 value = what % calls.length == 9 ? jobs[j].taskCount * jobs[j].rewardPerTask : 0;
        vm.deal(caller, caller.balance + value);
        vm.prank(caller);
        (bool ok, ) = address(MARKETPLACE).call{value: value}(data);
        if (ok) ++allowed;
    }
}
