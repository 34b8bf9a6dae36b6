// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {Account} from "../../contracts/market/types/Account.sol";
import {BatchStatus, BatchView} from "../../contracts/market/types/Batch.sol";
import {Cid} from "../../contracts/shared/types/Cid.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "../../contracts/shared/types/Job.sol";
import {Parameters} from "../../contracts/market/types/Parameters.sol";
import {CommandedArbiter} from "./CommandedArbiter.sol";
import {vm} from "./Vm.sol";
import {PlainToken} from "./tokens/PlainToken.sol";

/// @notice Sees every state that the Marketplace goes through, and refuses steps that `invariants.md` forbids.
abstract contract MarketplaceWitness {
    uint256 internal constant MAX_JOBS = 6;
    uint256 public constant ACTORS = 4;

    IMarketplace internal immutable MARKETPLACE;
    CommandedArbiter internal immutable ARBITER;
    PlainToken public immutable TOKEN;

    /// Unix seconds: the test's own clock, so that it never depends on what the test runner does with the block's.
    uint256 public now_ = 2_000_000_000;
    uint256 internal block_ = 1_000_000;
    JobTerms[] internal jobs;
    JobId[] public ids;
    Parameters internal rules;

    mapping(uint256 job => JobStatus) private jobSeen;
    mapping(uint256 job => mapping(uint256 batch => BatchView)) private batchSeen;
    /// When a batch was put in question.
    mapping(uint256 job => mapping(uint256 batch => uint256)) internal askedAt;
    mapping(address account => Account) private accountSeen;
    mapping(address account => uint256) private unbondedAt;
    mapping(address account => uint256) private balanceSeen;

    constructor(IMarketplace marketplace, CommandedArbiter arbiter, PlainToken token) {
        (MARKETPLACE, ARBITER, TOKEN) = (marketplace, arbiter, token);
        rules = marketplace.parameters();
    }

    function jobCount() external view returns (uint256) {
        return jobs.length;
    }

    function terms(uint256 j) external view returns (JobTerms memory) {
        return jobs[j];
    }

    /// @dev Plays at `now_`, and looks at what has changed.
    modifier witnessed() {
        _before();
        _;
        _after();
    }

    function _before() private {
        vm.warp(now_);
        vm.roll(block_);
        for (uint256 i = 0; i < ACTORS; ++i) balanceSeen[actor(i)] = actor(i).balance;
    }

    function _after() private {
        for (uint256 j = 0; j < jobs.length; ++j) _checkSteps(j);
        for (uint256 i = 0; i < ACTORS; ++i) _checkAccount(actor(i));
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
                _isStep(jobs[j], askedAt[j][b], from, to),
                "5: a batch goes on by one step in time, or back when its worker failed"
            );
            if (to.question != from.question) askedAt[j][b] = now_;
            batchSeen[j][b] = to;
        }
    }

    function _isStep(
        JobTerms storage job,
        uint256 asked,
        BatchView memory from,
        BatchView memory to
    ) private view returns (bool) {
        if (from.status == BatchStatus.Settled || from.status == BatchStatus.Void) return false;
        if (from.status == BatchStatus.Open) {
            uint256 deadline = now_ + job.submitWindowSeconds;
            return to.status == BatchStatus.Claimed && now_ <= job.claimUntil && to.timestamp == deadline;
        }
        if (to.status == BatchStatus.Open || to.status == BatchStatus.Void) {
            bool empty = to.worker == address(0) && to.timestamp == 0 && to.resultRoot == 0;
            bool answered = from.status == BatchStatus.Claimed || from.status == BatchStatus.Challenged;
            bool silent = from.status == BatchStatus.Demanded && now_ > asked + rules.responseWindowSeconds;
            return empty && to.question == 0 && (answered || silent);
        }
        if (to.worker != from.worker) return false;
        if (from.status == BatchStatus.Claimed) {
            bool inTime = now_ <= from.timestamp && to.timestamp == now_;
            return to.status == BatchStatus.Submitted && inTime && to.resultRoot != 0;
        }
        if (to.resultRoot != from.resultRoot) return false;
        uint256 end = uint256(from.timestamp) + job.challengeWindowSeconds;
        if (from.status == BatchStatus.Submitted) {
            if (to.timestamp != from.timestamp) return false;
            if (to.status == BatchStatus.Settled) return now_ >= end;
            bool asks = to.status == BatchStatus.Demanded || to.status == BatchStatus.Challenged;
            return asks && to.question != 0 && now_ < end;
        }
        // In question until now: the window has stood still.
        if (to.timestamp != from.timestamp + (now_ - asked)) return false;
        if (to.status == BatchStatus.Submitted) return to.question == 0;
        return from.status == BatchStatus.Demanded && to.status == BatchStatus.Challenged;
    }

    /// @dev Invariants 7 and 9.
    function _checkAccount(address owner) private {
        Account memory from = accountSeen[owner];
        Account memory to = MARKETPLACE.account(owner);
        if (to.unbonding > from.unbonding) unbondedAt[owner] = now_;
        bool paidOut = to.unbonding < from.unbonding && owner.balance > balanceSeen[owner];
        require(
            !paidOut || now_ >= unbondedAt[owner] + rules.unbondingSeconds,
            "7: stake left before its time"
        );
        uint256 score = from.score;
        for (uint256 i = from.settledBatches; i < to.settledBatches; ++i) score += (10_099 - score) / 100;
        for (uint256 i = from.expiredBatches; i < to.expiredBatches; ++i) score -= (score + 9) / 10;
        for (uint256 i = from.slashedBatches; i < to.slashedBatches; ++i) score /= 4;
        require(to.score == score && score <= 10_000, "9: the score follows from the record");
        require(to.score == 0 || to.settledBatches > 0, "9: nobody begins with a score");
        accountSeen[owner] = to;
    }

    function _post(address requester, uint256 seed) internal {
        uint32 taskCount = uint32(1 + (seed % 9));
        JobTerms memory job = JobTerms({
            requester: requester,
            token: (seed >> 232) % 3 == 0 ? address(TOKEN) : address(0),
            arbiter: (seed >> 240) % 5 == 0 ? address(0) : address(ARBITER),
            taskCount: taskCount,
            batchSize: uint32(1 + ((seed >> 8) % taskCount)),
            rewardPerTask: uint96(1 + ((seed >> 16) % 1 ether)),
            stakePerBatch: uint96(rules.minStakePerBatch + ((seed >> 96) % 1 ether)),
            minScore: (seed >> 248) % 8 == 0 ? 100 : 0,
            claimUntil: uint40(now_ + 1 + ((seed >> 168) % 2 days)),
            submitWindowSeconds: uint32(1 + ((seed >> 192) % 4 hours)),
            challengeWindowSeconds: uint32(10 minutes + ((seed >> 216) % 4 hours)),
            salt: uint64(jobs.length),
            specHash: keccak256(abi.encode(_spec()))
        });
        uint256 escrow = uint256(taskCount) * job.rewardPerTask;
        uint256 value = job.token == address(0) ? escrow : 0;
        if (value == 0) {
            TOKEN.mint(requester, escrow);
            vm.prank(requester);
            TOKEN.approve(address(MARKETPLACE), escrow);
        }
        vm.deal(requester, requester.balance + value);
        vm.prank(requester);
        ids.push(MARKETPLACE.post{value: value}(job, _spec()));
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
        function(uint256, uint32, BatchView memory) view returns (bool) wanted
    ) internal view returns (bool found, uint256 j, uint32 b) {
        for (uint256 i = 0; i < jobs.length; ++i) {
            j = ((seed % jobs.length) + i) % jobs.length;
            BatchView[] memory views = MARKETPLACE.batches(ids[j], 0, batchCount(j));
            for (uint256 k = 0; k < views.length; ++k) {
                b = uint32(((seed >> 128) + k) % views.length);
                if (wanted(j, b, views[b])) return (true, j, b);
            }
        }
    }

    function batchCount(uint256 j) public view returns (uint32) {
        return (jobs[j].taskCount + jobs[j].batchSize - 1) / jobs[j].batchSize;
    }

    function _job(uint256 j) internal view returns (JobTerms memory) {
        return jobs[j];
    }

    function _tasksIn(uint256 j, uint32 b) internal view returns (uint32) {
        uint32 left = jobs[j].taskCount - b * jobs[j].batchSize;
        return left < jobs[j].batchSize ? left : jobs[j].batchSize;
    }

    function actor(uint256 seed) public pure returns (address) {
        return address(uint160(0xA55A00 + (seed % ACTORS)));
    }

    function _spec() internal pure returns (JobSpec memory) {
        Cid memory program = Cid(0x01551e20, keccak256("program"));
        return JobSpec(program, Cid(0x01711e20, keccak256("manifest")), keccak256("inputs"), 1, 1, 1);
    }
}
