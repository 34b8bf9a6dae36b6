// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IMarketplace} from "./interfaces/IMarketplace.sol";
import {BatchLib} from "./libraries/BatchLib.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {CreditLib} from "./libraries/CreditLib.sol";
import {JobLib} from "./libraries/JobLib.sol";
import {StakeLib} from "./libraries/StakeLib.sol";
import {TermsLib} from "./libraries/TermsLib.sol";
import {Account} from "./types/Account.sol";
import {Batch, BatchView} from "./types/Batch.sol";
import {Cid} from "./types/Cid.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "./types/Job.sol";
import {Ledger} from "./types/Ledger.sol";
import {Parameters} from "./types/Parameters.sol";

/// @title Marketplace
/// @notice See {IMarketplace}.
/// @dev A table of contents: the transitions are in `libraries/`, what is stored in `types/Ledger.sol`. Only the two functions
/// that send money call out, last of all.
contract Marketplace is IMarketplace, ReentrancyGuardTransient {
    using Address for address payable;
    using BatchLib for Ledger;
    using CreditLib for Ledger;
    using JobLib for Ledger;
    using StakeLib for Ledger;
    using TermsLib for JobTerms;

    uint32 private immutable UNBONDING_SECONDS;
    uint32 private immutable MIN_CHALLENGE_WINDOW_SECONDS;
    uint32 private immutable MAX_CHALLENGE_WINDOW_SECONDS;
    uint32 private immutable MAX_SUBMIT_WINDOW_SECONDS;
    uint96 private immutable MIN_STAKE_PER_BATCH;
    uint16 private immutable EXPIRY_PENALTY_BPS;

    Ledger private ledger;

    constructor(Parameters memory parameters_) {
        Bounds.checkParameters(parameters_);
        UNBONDING_SECONDS = parameters_.unbondingSeconds;
        MIN_CHALLENGE_WINDOW_SECONDS = parameters_.minChallengeWindowSeconds;
        MAX_CHALLENGE_WINDOW_SECONDS = parameters_.maxChallengeWindowSeconds;
        MAX_SUBMIT_WINDOW_SECONDS = parameters_.maxSubmitWindowSeconds;
        MIN_STAKE_PER_BATCH = parameters_.minStakePerBatch;
        EXPIRY_PENALTY_BPS = parameters_.expiryPenaltyBps;
    }

    modifier onlyTo(address to) {
        // Check: money is not thrown away.
        if (to == address(0)) revert Marketplace_ZeroRecipient();
        _;
    }

    // ─── Stake ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function deposit() external payable {
        ledger.deposit(msg.sender, msg.value);
    }

    /// @inheritdoc IMarketplace
    function unbond(uint96 amount) external {
        ledger.unbond(msg.sender, amount, UNBONDING_SECONDS);
    }

    /// @inheritdoc IMarketplace
    function rebond(uint96 amount) external {
        ledger.rebond(msg.sender, amount);
    }

    /// @inheritdoc IMarketplace
    function withdrawStake(address payable to) external nonReentrant onlyTo(to) {
        uint256 amount = ledger.takeUnbonded(msg.sender);
        emit StakeWithdrawn(msg.sender, to, amount);
        // Interaction: the money leaves.
        to.sendValue(amount);
    }

    // ─── Jobs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function post(JobTerms calldata terms, JobSpec calldata spec) external payable returns (JobId id) {
        return ledger.post(terms, spec, parameters());
    }

    /// @inheritdoc IMarketplace
    function cancel(JobTerms calldata terms) external {
        ledger.cancel(terms);
    }

    // ─── Batches ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function claim(JobTerms calldata terms, uint32 batch) external {
        ledger.claim(terms, batch);
    }

    /// @inheritdoc IMarketplace
    function submit(JobId id, uint32 batch, bytes32 resultRoot, Cid calldata results) external {
        ledger.submit(id, batch, resultRoot, results);
    }

    /// @inheritdoc IMarketplace
    function settle(JobTerms calldata terms, uint32[] calldata indices) external {
        ledger.settle(terms, indices);
    }

    /// @inheritdoc IMarketplace
    function expire(JobTerms calldata terms, uint32 batch) external {
        ledger.expire(terms, batch, EXPIRY_PENALTY_BPS);
    }

    // ─── Credit ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function withdraw(address token, address payable to) external nonReentrant onlyTo(to) {
        uint256 amount = ledger.take(msg.sender, token);
        emit CreditWithdrawn(msg.sender, token, to, amount);
        // Interaction: the money leaves. Jobs are paid in the native coin alone, so nothing else is ever owed.
        to.sendValue(amount);
    }

    // ─── Reads ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function parameters() public view returns (Parameters memory) {
        return
            Parameters({
                unbondingSeconds: UNBONDING_SECONDS,
                minChallengeWindowSeconds: MIN_CHALLENGE_WINDOW_SECONDS,
                maxChallengeWindowSeconds: MAX_CHALLENGE_WINDOW_SECONDS,
                maxSubmitWindowSeconds: MAX_SUBMIT_WINDOW_SECONDS,
                minStakePerBatch: MIN_STAKE_PER_BATCH,
                expiryPenaltyBps: EXPIRY_PENALTY_BPS
            });
    }

    /// @inheritdoc IMarketplace
    function jobId(JobTerms calldata terms) external pure returns (JobId) {
        return terms.id();
    }

    /// @inheritdoc IMarketplace
    function job(JobId id) external view returns (JobStatus status, uint32 openTasks) {
        Batch storage first = ledger.batches[id][0];
        return (first.jobStatus, first.openTasks);
    }

    /// @inheritdoc IMarketplace
    function batches(JobId id, uint32 first, uint32 count) external view returns (BatchView[] memory) {
        return ledger.page(id, first, count);
    }

    /// @inheritdoc IMarketplace
    function account(address owner) external view returns (Account memory) {
        return ledger.accounts[owner];
    }

    /// @inheritdoc IMarketplace
    function credit(address owner, address token) external view returns (uint256) {
        return ledger.credits[owner][token];
    }
}
