// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {Account} from "../../contracts/market/types/Account.sol";
import {BatchStatus, BatchView} from "../../contracts/market/types/Batch.sol";
import {JobId, JobStatus, JobTerms} from "../../contracts/shared/types/Job.sol";
import {Dispute, Ground} from "../../contracts/shared/types/Dispute.sol";
import {AnyCall} from "./AnyCall.sol";
import {CommandedArbiter} from "./CommandedArbiter.sol";
import {Deployed} from "./Deployed.sol";
import {MarketplaceHandler} from "./MarketplaceHandler.sol";
import {vm} from "./Vm.sol";
import {PlainToken} from "./tokens/PlainToken.sol";

/// @notice Random sequences of calls, and after each of them the invariants of `invariants.md`, by their numbers. Those about steps
/// (4, 5, 7, and 9 to 15) are checked where the steps are made, by the handler.
contract MarketplaceTest {
    /// Where what is burned goes.
    address private constant NOBODY = 0x000000000000000000000000000000000000dEaD;

    IMarketplace private marketplace;
    MarketplaceHandler private handler;

    /// What the invariants sum up, for each account.
    mapping(address account => uint256) private liable;
    mapping(address account => uint256) private settled;
    mapping(JobId id => mapping(uint32 batch => mapping(uint32 round => uint256))) private pending;
    mapping(JobId id => mapping(uint32 batch => mapping(uint32 round => uint256))) private fees;

    function setUp() external {
        marketplace = Deployed.marketplace();
        handler = new MarketplaceHandler(
            marketplace,
            new CommandedArbiter(0.0003 ether),
            new PlainToken(),
            new AnyCall(marketplace)
        );
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_books() external {
        uint256[2] memory owed;
        for (uint256 j = 0; j < handler.jobCount(); ++j) {
            owed[handler.terms(j).token == address(0) ? 0 : 1] += _openReward(j);
        }
        owed[0] += _bonds() + handler.preparedWei() + handler.reservedWei();
        for (uint256 i = 0; i < handler.ACTORS(); ++i) {
            address owner = handler.actor(i);
            Account memory account = marketplace.account(owner);
            require(account.locked == liable[owner], "2: locked is what the batches lock");
            require(account.locked <= account.stake, "2: locked is at most the stake");
            require(account.settledBatches == settled[owner], "3: a settled batch counts once");
            owed[0] += account.stake + account.unbonding + marketplace.credit(owner, address(0));
            owed[1] += marketplace.credit(owner, address(handler.TOKEN()));
        }
        owed[0] += marketplace.credit(NOBODY, address(0));
        require(address(marketplace).balance == owed[0], "1: the balance is what is owed");
        uint256 tokens = handler.TOKEN().balanceOf(address(marketplace));
        require(tokens == owed[1], "1: the balance in tokens is what is owed");
    }

    /// @dev Invariant 8, at the end of every sequence.
    function afterInvariant() external {
        uint256 later = handler.now_() + 30 days;
        _answer(later);
        later += 30 days;
        for (uint256 j = 0; j < handler.jobCount(); ++j) _finish(j, later);
        for (uint256 i = 0; i < handler.ACTORS(); ++i) _unbond(handler.actor(i), later);
        for (uint256 i = 0; i < handler.ACTORS(); ++i) _leave(handler.actor(i), later + 4 hours);
        require(
            address(marketplace).balance == marketplace.credit(NOBODY, address(0)) + handler.preparedWei(),
            "8: everybody is out, and nothing is left but what was burned, or prepared and never asked"
        );
        require(handler.TOKEN().balanceOf(address(marketplace)) == 0, "8: no tokens are left");
    }

    /// @dev What a job's tasks will still pay, to the worker or back to the requester. Sums up what its batches lock and count.
    function _openReward(uint256 j) private returns (uint256) {
        JobTerms memory terms = handler.terms(j);
        (JobStatus status, uint32 openTasks) = marketplace.job(handler.ids(j));
        BatchView[] memory views = marketplace.batches(handler.ids(j), 0, handler.batchCount(j));
        uint256 open = 0;
        uint256 busy = 0;
        for (uint256 b = 0; b < views.length; ++b) {
            uint256 left = terms.taskCount - b * terms.batchSize;
            uint256 tasks = left < terms.batchSize ? left : terms.batchSize;
            address worker = views[b].worker;
            if (views[b].status == BatchStatus.Void) continue;
            if (views[b].status == BatchStatus.Open) {
                open += tasks;
            } else if (views[b].status == BatchStatus.Settled) {
                ++settled[worker];
            } else {
                busy += tasks;
                liable[worker] += terms.stakePerBatch;
            }
        }
        if (status == JobStatus.Cancelled) open = 0;
        require(openTasks == open, "6: open tasks are those of open batches");
        return (open + busy) * terms.rewardPerTask;
    }

    /// @dev What askers have locked. Counts what is pending, by batch, as the batch counts it.
    function _bonds() private returns (uint256 bonds) {
        for (uint256 i = 0; i < handler.questionCount(); ++i) {
            (Dispute memory open, , bool isPending) = handler.question(i);
            if (!isPending) continue;
            bonds += open.bond;
            ++pending[open.job][open.batch][open.round];
            fees[open.job][open.batch][open.round] += open.fee;
        }
        for (uint256 j = 0; j < handler.jobCount(); ++j) {
            JobId id = handler.ids(j);
            BatchView[] memory views = marketplace.batches(id, 0, handler.batchCount(j));
            for (uint32 b = 0; b < views.length; ++b) {
                uint256 count = pending[id][b][views[b].inquiry.round];
                require(views[b].inquiry.pending == count, "12: a batch counts what is pending about it");
                uint256 paid = fees[id][b][views[b].inquiry.round];
                require(views[b].inquiry.fees == paid, "12: a batch adds up what the arbiter was paid");
                bool stands = views[b].status == BatchStatus.Questioned;
                require(stands == (count > 0), "12: a batch is questioned while something is pending");
                uint256 listed = marketplace.pendingQuestions(id, b, 100).length;
                require(listed == count, "12: what is pending is listed");
            }
        }
    }

    /// @dev Whatever waits for somebody is ended without them.
    function _answer(uint256 later) private {
        vm.warp(later);
        for (uint256 i = 0; i < handler.questionCount(); ++i) {
            (Dispute memory open, uint256 j, bool isPending) = handler.question(i);
            if (!isPending) continue;
            JobTerms memory terms = handler.terms(j);
            if (open.ground == Ground.None) {
                marketplace.forfeit(terms, open.batch, open.round, open.number);
            } else {
                marketplace.resolve(terms, open);
            }
        }
    }

    function _finish(uint256 j, uint256 later) private {
        vm.warp(later);
        JobTerms memory terms = handler.terms(j);
        JobId id = handler.ids(j);
        BatchView[] memory views = marketplace.batches(id, 0, handler.batchCount(j));
        for (uint32 b = 0; b < views.length; ++b) {
            if (views[b].status == BatchStatus.Claimed) marketplace.expire(terms, b);
            if (views[b].status != BatchStatus.Submitted) continue;
            uint32[] memory indices = new uint32[](1);
            indices[0] = b;
            marketplace.settle(terms, indices);
        }
        (JobStatus status, ) = marketplace.job(id);
        if (status != JobStatus.Posted) return;
        vm.prank(terms.requester);
        marketplace.cancel(terms);
    }

    function _unbond(address owner, uint256 later) private {
        vm.warp(later);
        uint96 stake = marketplace.account(owner).stake;
        if (stake == 0) return;
        vm.prank(owner);
        marketplace.unbond(stake);
    }

    function _leave(address owner, uint256 later) private {
        vm.warp(later);
        if (marketplace.account(owner).unbonding > 0) {
            vm.prank(owner);
            marketplace.withdrawStake(payable(owner));
        }
        for (uint256 i = 0; i < 2; ++i) {
            address token = i == 0 ? address(0) : address(handler.TOKEN());
            if (marketplace.credit(owner, token) == 0) continue;
            vm.prank(owner);
            marketplace.withdraw(token, payable(owner));
        }
    }
}
