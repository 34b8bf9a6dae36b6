// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Account} from "../types/Account.sol";
import {BatchStatus, BatchView} from "../types/Batch.sol";
import {Cid} from "../types/Cid.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "../types/Job.sol";
import {Parameters} from "../types/Parameters.sol";

/// @title The settlement layer of Assay
/// @notice Holds the escrow of jobs and the stake of workers, remembers one Merkle root a batch, and pays what is owed.
///
/// It has no owner, no proxy and no pause: nobody can change a rule, stop a payment or move another's money. Every time limit
/// is enforced by a call that anyone may make.
///
/// Warning: with the zero address as arbiter, the only one admitted so far, nobody can challenge a result on chain. The
/// challenge window still delays the payment.
///
/// Warning: plain transfers revert, but coins can be forced on any contract (`selfdestruct`, block rewards). The books do not
/// count them and nobody can withdraw them.
///
/// Times are Unix seconds of the block. A deadline's own second still counts: what is due by `t` may be done in a block of
/// time `t`, and is overdue from `t + 1`.
interface IMarketplace {
    // ─── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice A job is posted and its escrow held. The only place where the whole of terms and spec is written down.
    event JobPosted(JobId indexed job, address indexed requester, JobTerms terms, JobSpec spec);

    /// @notice The requester took back the escrow of all open tasks. `refund` is its credit, in the job's token.
    event JobCancelled(JobId indexed job, uint256 refund);

    /// @notice `worker` claimed a batch and has to submit it by `deadline` (its second included).
    event BatchClaimed(JobId indexed job, uint32 indexed batch, address indexed worker, uint40 deadline);

    /// @notice `worker` committed to the results of a batch. `results` names the manifest behind the root.
    event BatchSubmitted(
        JobId indexed job,
        uint32 indexed batch,
        address indexed worker,
        bytes32 resultRoot,
        Cid results
    );

    /// @notice A batch is paid for: `reward` is credit of `worker`, in the job's token.
    event BatchSettled(JobId indexed job, uint32 indexed batch, address indexed worker, uint256 reward);

    /// @notice A claim was overdue. `worker` lost `penalty` wei of stake: `bounty` of it is credit of `caller`, the rest of the
    /// requester. The batch is open again; if the job is cancelled, its escrow is credit of the requester instead.
    event BatchExpired(
        JobId indexed job,
        uint32 indexed batch,
        address indexed worker,
        uint256 penalty,
        uint256 bounty,
        address caller
    );

    /// @notice Stake of `account` grew by `amount` wei.
    event Deposited(address indexed account, uint256 amount);

    /// @notice `amount` wei left the stake; everything that unbonds may be withdrawn from `readyAt` on.
    event Unbonded(address indexed account, uint256 amount, uint40 readyAt);

    /// @notice `amount` wei that was unbonding is stake again.
    event Rebonded(address indexed account, uint256 amount);

    /// @notice `amount` wei that had unbonded was sent to `to`.
    event StakeWithdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice `amount` of credit in `token` was sent to `to`.
    event CreditWithdrawn(address indexed account, address indexed token, address indexed to, uint256 amount);

    // ─── Errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice A term or parameter is outside `least … most`. `what` is its name, left-aligned ASCII.
    error Marketplace_OutOfBounds(bytes32 what, uint256 value, uint256 least, uint256 most);

    /// @notice Only the zero address (the native coin) is admitted as `token` so far.
    error Marketplace_TokenNotSupported(address token);

    /// @notice Only the zero address is admitted as `arbiter` so far.
    error Marketplace_ArbiterNotSupported(address arbiter);

    /// @notice Not version 1, not single-byte codes, no 32-byte digest, or the zero digest.
    error Marketplace_MalformedCid(bytes4 prefix, bytes32 digest);

    /// @notice The terms name `specHash`, the spec that came with them hashes to `actual`.
    error Marketplace_SpecMismatch(bytes32 specHash, bytes32 actual);

    /// @notice The escrow has to be sent exactly.
    error Marketplace_WrongEscrow(JobId job, uint256 value, uint256 escrow);

    /// @notice These very terms were posted before; another salt makes another job.
    error Marketplace_AlreadyPosted(JobId job);

    /// @notice No job of these terms was posted.
    error Marketplace_NotPosted(JobId job);

    /// @notice The job is cancelled.
    error Marketplace_Cancelled(JobId job);

    /// @notice Only the requester may do this.
    error Marketplace_NotRequester(JobId job, address caller, address requester);

    /// @notice Every batch of the job is claimed: nothing to cancel.
    error Marketplace_NothingOpen(JobId job);

    /// @notice The job has `batchCount` batches, the first is 0.
    error Marketplace_NoSuchBatch(JobId job, uint32 batch, uint256 batchCount);

    /// @notice The batch is `status`, the call needs it to be `needed`.
    error Marketplace_WrongStatus(JobId job, uint32 batch, BatchStatus status, BatchStatus needed);

    /// @notice Batches could be claimed until `claimUntil`.
    error Marketplace_ClaimingClosed(JobId job, uint40 claimUntil);

    /// @notice Only the worker that claimed the batch may submit it.
    error Marketplace_NotClaimer(JobId job, uint32 batch, address caller, address worker);

    /// @notice The batch had to be submitted by `deadline`.
    error Marketplace_Overdue(JobId job, uint32 batch, uint40 deadline);

    /// @notice The worker still has until `deadline`, its second included.
    error Marketplace_NotOverdue(JobId job, uint32 batch, uint40 deadline);

    /// @notice The zero root commits to nothing.
    error Marketplace_ZeroResultRoot(JobId job, uint32 batch);

    /// @notice The batch may be settled from `settleableAt` on.
    error Marketplace_ChallengeWindowOpen(JobId job, uint32 batch, uint256 settleableAt);

    /// @notice `free` wei of stake are not locked, `needed` are asked for.
    error Marketplace_InsufficientStake(address account, uint256 free, uint256 needed);

    /// @notice `unbonding` wei are unbonding, `needed` are asked for.
    error Marketplace_InsufficientUnbonding(address account, uint256 unbonding, uint256 needed);

    /// @notice What unbonds may be withdrawn from `readyAt` on.
    error Marketplace_StillUnbonding(address account, uint40 readyAt);

    /// @notice The account has no credit in `token`.
    error Marketplace_NoCredit(address account, address token);

    /// @notice An amount of zero changes nothing.
    error Marketplace_ZeroAmount();

    /// @notice Money sent to the zero address is lost.
    error Marketplace_ZeroRecipient();

    // ─── Stake ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Adds the value sent to the caller's stake.
    function deposit() external payable;

    /// @notice Takes `amount` wei of the caller's free stake out of it. The unbonding period (re)starts for everything that is
    /// unbonding.
    function unbond(uint96 amount) external;

    /// @notice Makes `amount` wei of what is unbonding stake again. The clock of the rest runs on.
    function rebond(uint96 amount) external;

    /// @notice Sends everything that has unbonded to `to`.
    function withdrawStake(address payable to) external;

    // ─── Jobs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Posts a job: every batch of it is open. The value sent is `taskCount · rewardPerTask`, exactly.
    /// @dev The caller is `terms.requester`. Bounds of the terms: every count, window and amount at least 1; `batchSize` at most
    /// `taskCount`; windows and stake within `parameters()`; `claimUntil` after now and at most 365 days ahead; all CIDs
    /// well-formed.
    function post(JobTerms calldata terms, JobSpec calldata spec) external payable returns (JobId id);

    /// @notice Turns the escrow of all open tasks into credit of the requester. Claimed batches go on and are paid; one that
    /// expires later is refunded.
    function cancel(JobTerms calldata terms) external;

    // ─── Batches ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Locks `stakePerBatch` of the caller's stake and gives it the batch for `submitWindowSeconds`.
    function claim(JobTerms calldata terms, uint32 batch) external;

    /// @notice Commits to the results of a batch that the caller claimed. Starts the challenge window.
    /// @param resultRoot Merkle root over the batch's result leaves, in order.
    /// @param results The index block of the result manifest.
    function submit(JobId id, uint32 batch, bytes32 resultRoot, Cid calldata results) external;

    /// @notice Pays for batches whose challenge window is over: unlocks the stake, credits the reward. Anyone may call it, for the
    /// batches of any workers. What is settled already is passed over, so that two settlers do not block each other.
    function settle(JobTerms calldata terms, uint32[] calldata indices) external;

    /// @notice Ends a claim whose deadline is over. Anyone may call it, and earns the bounty.
    function expire(JobTerms calldata terms, uint32 batch) external;

    // ─── Credit ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Sends all credit of the caller in `token` (the zero address: the native coin) to `to`.
    function withdraw(address token, address payable to) external;

    // ─── Reads ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice The rules of this deployment.
    function parameters() external view returns (Parameters memory);

    /// @notice The name of the job with these terms, posted or not.
    function jobId(JobTerms calldata terms) external pure returns (JobId);

    /// @notice Where a job stands, and how many of its tasks lie in open batches (0 once cancelled).
    function job(JobId id) external view returns (JobStatus status, uint32 openTasks);

    /// @notice `count` batches of a job from index `first` on. An index beyond the job's last batch reads as open.
    function batches(JobId id, uint32 first, uint32 count) external view returns (BatchView[] memory);

    /// @notice Stake and record of an account.
    function account(address owner) external view returns (Account memory);

    /// @notice What `owner` may withdraw in `token`, in its smallest unit; the zero address is the native coin.
    function credit(address owner, address token) external view returns (uint256);
}
