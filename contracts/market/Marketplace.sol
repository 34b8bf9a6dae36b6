// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IMarketplace} from "./interfaces/IMarketplace.sol";
import {BatchLib} from "./libraries/BatchLib.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {ChallengeLib} from "./libraries/ChallengeLib.sol";
import {CreditLib} from "./libraries/CreditLib.sol";
import {DemandLib} from "./libraries/DemandLib.sol";
import {JobLib} from "./libraries/JobLib.sol";
import {StakeLib} from "./libraries/StakeLib.sol";
import {TermsLib} from "./libraries/TermsLib.sol";
import {TokenLib} from "./libraries/TokenLib.sol";
import {Account} from "./types/Account.sol";
import {Batch, BatchView} from "./types/Batch.sol";
import {Cid} from "../shared/types/Cid.sol";
import {Dispute, Ground} from "../shared/types/Dispute.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "../shared/types/Job.sol";
import {Ledger} from "./types/Ledger.sol";
import {Parameters} from "./types/Parameters.sol";
import {Permit} from "./types/Permit.sol";
import {ResultLeaf} from "../shared/types/ResultLeaf.sol";

/// @title Marketplace
/// @notice See {IMarketplace}.
/// @dev A table of contents: the transitions are in `libraries/`, what is stored in `types/Ledger.sol`. Whatever calls a token, an
/// arbiter or a recipient holds the reentrancy guard, and has its books in order before.
contract Marketplace is IMarketplace, ReentrancyGuardTransient {
    using BatchLib for Ledger;
    using ChallengeLib for Ledger;
    using CreditLib for Ledger;
    using DemandLib for Ledger;
    using JobLib for Ledger;
    using StakeLib for Ledger;
    using TermsLib for JobTerms;

    uint32 private immutable UNBONDING_SECONDS;
    uint32 private immutable MIN_CHALLENGE_WINDOW_SECONDS;
    uint32 private immutable MAX_CHALLENGE_WINDOW_SECONDS;
    uint32 private immutable MAX_SUBMIT_WINDOW_SECONDS;
    uint32 private immutable RESPONSE_WINDOW_SECONDS;
    uint32 private immutable DISPUTE_TIMEOUT_SECONDS;
    uint96 private immutable MIN_STAKE_PER_BATCH;
    uint16 private immutable EXPIRY_PENALTY_BPS;
    uint16 private immutable RELEASE_FEE_BPS;
    uint16 private immutable SLASH_BPS;
    uint16 private immutable BURN_BPS;
    uint16 private immutable CHALLENGER_SHARE_BPS;
    uint16 private immutable CHALLENGE_BOND_BPS;
    uint16 private immutable DEMAND_BOND_BPS;

    Ledger private ledger;

    constructor(Parameters memory parameters_) {
        Bounds.checkParameters(parameters_);
        UNBONDING_SECONDS = parameters_.unbondingSeconds;
        MIN_CHALLENGE_WINDOW_SECONDS = parameters_.minChallengeWindowSeconds;
        MAX_CHALLENGE_WINDOW_SECONDS = parameters_.maxChallengeWindowSeconds;
        MAX_SUBMIT_WINDOW_SECONDS = parameters_.maxSubmitWindowSeconds;
        RESPONSE_WINDOW_SECONDS = parameters_.responseWindowSeconds;
        DISPUTE_TIMEOUT_SECONDS = parameters_.disputeTimeoutSeconds;
        MIN_STAKE_PER_BATCH = parameters_.minStakePerBatch;
        EXPIRY_PENALTY_BPS = parameters_.expiryPenaltyBps;
        RELEASE_FEE_BPS = parameters_.releaseFeeBps;
        SLASH_BPS = parameters_.slashBps;
        BURN_BPS = parameters_.burnBps;
        CHALLENGER_SHARE_BPS = parameters_.challengerShareBps;
        CHALLENGE_BOND_BPS = parameters_.challengeBondBps;
        DEMAND_BOND_BPS = parameters_.demandBondBps;
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
        TokenLib.send(address(0), to, amount);
    }

    // ─── Jobs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function post(
        JobTerms calldata terms,
        JobSpec calldata spec
    ) external payable nonReentrant returns (JobId id) {
        return _post(terms, spec);
    }

    /// @inheritdoc IMarketplace
    function postWithPermit(
        JobTerms calldata terms,
        JobSpec calldata spec,
        Permit calldata permit
    ) external nonReentrant returns (JobId id) {
        TokenLib.tryPermit(terms.token, msg.sender, terms.rewardFor(terms.taskCount), permit);
        return _post(terms, spec);
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

    /// @inheritdoc IMarketplace
    function release(JobTerms calldata terms, uint32 batch) external {
        ledger.release(terms, batch, RELEASE_FEE_BPS);
    }

    // ─── Questions ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function prepareChallenge(bytes32 commitment) external {
        ledger.prepare(commitment);
    }

    /// @inheritdoc IMarketplace
    function challenge(
        JobTerms calldata terms,
        uint32 batch,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof,
        bytes32 expectedRoot,
        Ground ground,
        bytes32 salt
    ) external payable nonReentrant {
        ledger.challenge(terms, batch, leaf, proof, expectedRoot, ground, salt, parameters());
    }

    /// @inheritdoc IMarketplace
    function resolve(JobTerms calldata terms, Dispute calldata dispute) external nonReentrant {
        ledger.resolve(terms, dispute, parameters());
    }

    /// @inheritdoc IMarketplace
    function demand(
        JobTerms calldata terms,
        uint32 batch,
        uint32 position,
        bytes32 expectedRoot
    ) external payable {
        ledger.demand(terms, batch, position, expectedRoot, parameters());
    }

    /// @inheritdoc IMarketplace
    function reveal(
        JobTerms calldata terms,
        uint32 batch,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof
    ) external {
        ledger.reveal(terms, batch, leaf, proof, parameters());
    }

    /// @inheritdoc IMarketplace
    function forfeit(JobTerms calldata terms, uint32 batch) external {
        ledger.forfeit(terms, batch, parameters());
    }

    // ─── Credit ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function withdraw(address token, address payable to) external nonReentrant onlyTo(to) {
        uint256 amount = ledger.take(msg.sender, token);
        emit CreditWithdrawn(msg.sender, token, to, amount);
        // Interaction: the money leaves.
        TokenLib.send(token, to, amount);
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
                responseWindowSeconds: RESPONSE_WINDOW_SECONDS,
                disputeTimeoutSeconds: DISPUTE_TIMEOUT_SECONDS,
                minStakePerBatch: MIN_STAKE_PER_BATCH,
                expiryPenaltyBps: EXPIRY_PENALTY_BPS,
                releaseFeeBps: RELEASE_FEE_BPS,
                slashBps: SLASH_BPS,
                burnBps: BURN_BPS,
                challengerShareBps: CHALLENGER_SHARE_BPS,
                challengeBondBps: CHALLENGE_BOND_BPS,
                demandBondBps: DEMAND_BOND_BPS
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

    function _post(JobTerms calldata terms, JobSpec calldata spec) private returns (JobId) {
        return ledger.post(terms, spec, parameters());
    }
}
