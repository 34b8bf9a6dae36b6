// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {BatchView} from "../../contracts/market/types/Batch.sol";
import {Parameters} from "../../contracts/market/types/Parameters.sol";
import {Cid} from "../../contracts/shared/types/Cid.sol";
import {JobId, JobSpec, JobTerms} from "../../contracts/shared/types/Job.sol";
import {Actors} from "./Actors.sol";
import {CommandedArbiter} from "./CommandedArbiter.sol";
import {vm} from "./Vm.sol";
import {PlainToken} from "./tokens/PlainToken.sol";

/// @notice The jobs that were posted: paid in coins or tokens, from outside or from credit, with and without an arbiter.
abstract contract JobBook is Actors {
    uint256 internal constant MAX_JOBS = 6;

    CommandedArbiter internal immutable ARBITER;
    PlainToken public immutable TOKEN;

    JobTerms[] internal jobs;
    JobId[] public ids;
    mapping(JobId id => uint256) internal indexOf;
    Parameters internal rules;

    constructor(IMarketplace marketplace, CommandedArbiter arbiter, PlainToken token) Actors(marketplace) {
        (ARBITER, TOKEN) = (arbiter, token);
        rules = marketplace.parameters();
    }

    function jobCount() external view returns (uint256) {
        return jobs.length;
    }

    function terms(uint256 j) external view returns (JobTerms memory) {
        return jobs[j];
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
        jobs.push(job);
        uint256 escrow = uint256(taskCount) * job.rewardPerTask;
        bool fromCredit = (seed >> 224) % 3 == 0;
        if (fromCredit) _addCredit(requester, job.token, escrow);
        else if (job.token != address(0)) _mint(requester, escrow);
        bytes memory data =
            fromCredit
                ? abi.encodeCall(IMarketplace.postFromCredit, (job, _spec()))
                : abi.encodeCall(IMarketplace.post, (job, _spec()));
        uint256 value = fromCredit || job.token != address(0) ? 0 : escrow;
        JobId id = abi.decode(_do(requester, value, data), (JobId));
        indexOf[id] = ids.length;
        ids.push(id);
    }

    /// @dev Somebody pays it in, the owner or another: credit comes from those who call.
    function _addCredit(address owner, address token, uint256 amount) internal {
        address from = actor(amount);
        if (token != address(0)) _mint(from, amount);
        bytes memory data = abi.encodeCall(IMarketplace.addCredit, (owner, token, amount));
        _send(from, token == address(0) ? amount : 0, data, "credit can be added");
    }

    function _mint(address owner, uint256 amount) private {
        TOKEN.mint(owner, amount);
        vm.prank(owner);
        TOKEN.approve(address(MARKETPLACE), amount);
    }

    function _deposit(address owner, uint256 amount) internal {
        _do(owner, amount, abi.encodeCall(IMarketplace.deposit, ()));
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

    function _view(uint256 j, uint32 b) internal view returns (BatchView memory) {
        return MARKETPLACE.batches(ids[j], b, 1)[0];
    }

    function _tasksIn(uint256 j, uint32 b) internal view returns (uint32) {
        uint32 left = jobs[j].taskCount - b * jobs[j].batchSize;
        return left < jobs[j].batchSize ? left : jobs[j].batchSize;
    }

    function _part(uint256 j, uint256 bps) internal view returns (uint256) {
        return (uint256(jobs[j].stakePerBatch) * bps) / 10_000;
    }

    function _spec() internal pure returns (JobSpec memory) {
        Cid memory program = Cid(0x01551e20, keccak256("program"));
        Cid memory manifest = Cid(0x01711e20, keccak256("manifest"));
        return JobSpec(program, manifest, keccak256("inputs"), 1, 1, 1, keccak256("machine"));
    }
}
