// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/interfaces/IMarketplace.sol";
import {Account} from "../../contracts/types/Account.sol";
import {BatchStatus, BatchView} from "../../contracts/types/Batch.sol";
import {Cid} from "../../contracts/types/Cid.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "../../contracts/types/Job.sol";
import {vm} from "./Vm.sol";

/// @notice Sees every state that the Marketplace goes through, and refuses steps that `invariants.md` forbids.
abstract contract MarketplaceWitness {
    uint256 internal constant MAX_JOBS = 6;
    uint256 public constant ACTORS = 4;

    IMarketplace internal immutable MARKETPLACE;
    uint256 private immutable UNBONDING_SECONDS;
    uint256 private immutable MIN_STAKE_PER_BATCH;

    /// Unix seconds: the test's own clock, so that it never depends on what the test runner does with the block's.
    uint256 public now_ = 2_000_000_000;
    JobTerms[] internal jobs;
    JobId[] public ids;

    mapping(uint256 job => JobStatus) private jobSeen;
    mapping(uint256 job => mapping(uint256 batch => BatchView)) private batchSeen;
    mapping(address account => uint256) private unbondingSeen;
    mapping(address account => uint256) private unbondedAt;
    mapping(address account => uint256) private balanceSeen;

    constructor(IMarketplace marketplace) {
        MARKETPLACE = marketplace;
        UNBONDING_SECONDS = marketplace.parameters().unbondingSeconds;
        MIN_STAKE_PER_BATCH = marketplace.parameters().minStakePerBatch;
    }

    function jobCount() external view returns (uint256) {
        return jobs.length;
    }

    function terms(uint256 j) external view returns (JobTerms memory) {
        return jobs[j];
    }

    /// @dev Plays at `now_`, and looks at what has changed.
    modifier witnessed() {
        vm.warp(now_);
        for (uint256 i = 0; i < ACTORS; ++i) balanceSeen[actor(i)] = actor(i).balance;
        _;
        for (uint256 j = 0; j < jobs.length; ++j) _checkSteps(j);
        for (uint256 i = 0; i < ACTORS; ++i) _checkUnbonding(actor(i));
    }

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
                "5: a batch goes on by one step in time, or back when overdue"
            );
            batchSeen[j][b] = to;
        }
    }

    function _isStep(
        JobTerms storage job,
        BatchView memory from,
        BatchView memory to
    ) private view returns (bool) {
        if (from.status == BatchStatus.Open) {
            uint256 deadline = now_ + job.submitWindowSeconds;
            return to.status == BatchStatus.Claimed && now_ <= job.claimUntil && to.timestamp == deadline;
        }
        if (to.status == BatchStatus.Open) return from.status == BatchStatus.Claimed && now_ > from.timestamp;
        if (to.worker != from.worker) return false;
        if (from.status == BatchStatus.Claimed) {
            bool inTime = now_ <= from.timestamp && to.timestamp == now_;
            return to.status == BatchStatus.Submitted && inTime && to.resultRoot != 0;
        }
        bool same = to.timestamp == from.timestamp && to.resultRoot == from.resultRoot;
        bool over = now_ >= uint256(from.timestamp) + job.challengeWindowSeconds;
        return from.status == BatchStatus.Submitted && to.status == BatchStatus.Settled && same && over;
    }

    /// @dev Invariant 7: what unbonds is paid out after its full period, or not at all.
    function _checkUnbonding(address owner) private {
        uint256 unbonding = MARKETPLACE.account(owner).unbonding;
        if (unbonding > unbondingSeen[owner]) unbondedAt[owner] = now_;
        bool paidOut = unbonding < unbondingSeen[owner] && owner.balance > balanceSeen[owner];
        require(!paidOut || now_ >= unbondedAt[owner] + UNBONDING_SECONDS, "7: stake left before its time");
        unbondingSeen[owner] = unbonding;
    }

    function _post(address requester, uint256 seed) internal {
        uint32 taskCount = uint32(1 + (seed % 9));
        JobTerms memory job = JobTerms({
            requester: requester,
            token: address(0),
            arbiter: address(0),
            taskCount: taskCount,
            batchSize: uint32(1 + ((seed >> 8) % taskCount)),
            rewardPerTask: uint96(1 + ((seed >> 16) % 1 ether)),
            stakePerBatch: uint96(MIN_STAKE_PER_BATCH + ((seed >> 96) % 1 ether)),
            minScore: 0,
            claimUntil: uint40(now_ + 1 + ((seed >> 168) % 2 days)),
            submitWindowSeconds: uint32(1 + ((seed >> 192) % 4 hours)),
            challengeWindowSeconds: uint32(10 minutes + ((seed >> 216) % 1 hours)),
            salt: uint64(jobs.length),
            specHash: keccak256(abi.encode(_spec()))
        });
        uint256 escrow = uint256(taskCount) * job.rewardPerTask;
        vm.deal(requester, requester.balance + escrow);
        vm.prank(requester);
        ids.push(MARKETPLACE.post{value: escrow}(job, _spec()));
        jobs.push(job);
    }

    function _deposit(address owner, uint256 amount) internal {
        vm.deal(owner, owner.balance + amount);
        vm.prank(owner);
        MARKETPLACE.deposit{value: amount}();
    }

    /// @dev The first batch that is as wanted, from a random place on.
    function _find(
        uint256 seed,
        function(uint256, BatchView memory) view returns (bool) wanted
    ) internal view returns (bool found, uint256 j, uint32 b) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            j = ((seed % jobs.length) + i) % jobs.length;
            BatchView[] memory views = MARKETPLACE.batches(ids[j], 0, batchCount(j));
            for (uint256 k = 0; k < views.length; ++k) {
                b = uint32(((seed >> 128) + k) % views.length);
                if (wanted(j, views[b])) return (true, j, b);
            }
        }
    }

    function batchCount(uint256 j) public view returns (uint32) {
        return (jobs[j].taskCount + jobs[j].batchSize - 1) / jobs[j].batchSize;
    }

    function actor(uint256 seed) public pure returns (address) {
        return address(uint160(0xA55A00 + (seed % ACTORS)));
    }

    function _spec() internal pure returns (JobSpec memory) {
        Cid memory program = Cid(0x01551e20, keccak256("program"));
        return JobSpec(program, Cid(0x01711e20, keccak256("manifest")), keccak256("inputs"), 1, 1, 1);
    }
}
