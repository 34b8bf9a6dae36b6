// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IMarketplace} from "./interfaces/IMarketplace.sol";
import {BatchLib} from "./libraries/BatchLib.sol";
import {Bounds} from "./libraries/Bounds.sol";
import {CreditLib} from "./libraries/CreditLib.sol";
import {JobLib} from "./libraries/JobLib.sol";
import {StakeLib} from "./libraries/StakeLib.sol";
import {QuestionLib} from "./libraries/QuestionLib.sol";
import {Remedies} from "./libraries/Remedies.sol";
import {SeamLib} from "./libraries/SeamLib.sol";
import {TermsLib} from "./libraries/TermsLib.sol";
import {TokenLib} from "./libraries/TokenLib.sol";
import {Account} from "./types/Account.sol";
import {Batch, BatchView} from "./types/Batch.sol";
import {Cid} from "../shared/types/Cid.sol";
import {Dispute} from "../shared/types/Dispute.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "../shared/types/Job.sol";
import {Ledger} from "./types/Ledger.sol";
import {Limits, Parameters} from "./types/Parameters.sol";
import {Permit} from "./types/Permit.sol";
import {Asked, Preparation, Question, QuestionView} from "./types/Question.sol";
import {Rights} from "./types/Rights.sol";
import {SignedCall} from "./types/SignedCall.sol";
import {ResultLeaf} from "../shared/types/ResultLeaf.sol";

/// @title Marketplace
/// @notice See {IMarketplace}.
/// @dev A table of contents: the transitions are in `libraries/`, those of `Remedies` in code that is linked, and what is stored is in
/// `types/Ledger.sol`. Whatever calls a token, an arbiter or a recipient holds the reentrancy guard, and has its books in order before. An
/// agent is asked before anything is read.
contract Marketplace is IMarketplace, EIP712, ReentrancyGuardTransient {
    using Address for address;
    using BatchLib for Ledger;
    using CreditLib for Ledger;
    using JobLib for *;
    using SeamLib for *;
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

    /// @dev While this contract calls itself: in whose name.
    address private transient actor;

    constructor(Parameters memory parameters_) EIP712("Assay Marketplace", "1") {
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
        ledger.deposit(_actor(), msg.value);
    }

    /// @inheritdoc IMarketplace
    function unbond(uint96 amount) external {
        Remedies.unbond(ledger, _actor(), amount, UNBONDING_SECONDS);
    }

    /// @inheritdoc IMarketplace
    function rebond(uint96 amount) external {
        Remedies.rebond(ledger, _actor(), amount);
    }

    /// @inheritdoc IMarketplace
    function withdrawStake(address payable to) external nonReentrant onlyTo(to) {
        address owner = _actor();
        uint256 amount = Remedies.takeUnbonded(ledger, owner);
        emit StakeWithdrawn(owner, to, amount);
        // Interaction: the money leaves.
        TokenLib.send(address(0), to, amount);
    }

    // ─── Jobs ────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function post(JobTerms calldata terms, JobSpec calldata spec) external payable returns (JobId id) {
        id = ledger.post(_actor(), terms, spec, _limits());
        _receiveEscrow(terms, id);
    }

    /// @inheritdoc IMarketplace
    function postWithPermit(
        JobTerms calldata terms,
        JobSpec calldata spec,
        Permit calldata permit
    ) external nonReentrant returns (JobId id) {
        TokenLib.tryPermit(terms.token, terms.requester, terms.rewardFor(terms.taskCount), permit);
        id = ledger.post(_actor(), terms, spec, _limits());
        terms.receiveEscrow(id);
    }

    /// @dev Coins are here already; tokens are strangers' code.
    function _receiveEscrow(JobTerms calldata terms, JobId id) private {
        if (terms.token == address(0)) terms.receiveEscrow(id);
        else _receiveTokens(terms, id);
    }

    function _receiveTokens(JobTerms calldata terms, JobId id) private nonReentrant {
        terms.receiveEscrow(id);
    }

    function _limits() private view returns (Limits memory) {
        return
            Limits({
                minChallengeWindowSeconds: MIN_CHALLENGE_WINDOW_SECONDS,
                maxChallengeWindowSeconds: MAX_CHALLENGE_WINDOW_SECONDS,
                maxSubmitWindowSeconds: MAX_SUBMIT_WINDOW_SECONDS,
                minStakePerBatch: MIN_STAKE_PER_BATCH
            });
    }

    /// @inheritdoc IMarketplace
    function postFromCredit(JobTerms calldata terms, JobSpec calldata spec) external returns (JobId id) {
        id = ledger.post(_actor(), terms, spec, _limits());
        ledger.spend(terms.requester, terms.token, terms.rewardFor(terms.taskCount));
    }

    /// @inheritdoc IMarketplace
    function cancel(JobTerms calldata terms) external {
        ledger.cancel(_actor(), terms);
    }

    // ─── Batches ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function claim(JobTerms calldata terms, uint32 batch) external {
        ledger.claim(_actor(), terms, batch, terms.minScore);
    }

    /// @inheritdoc IMarketplace
    function claimReserved(
        JobTerms calldata terms,
        uint32 batch,
        address agent,
        bytes calldata permission
    ) external {
        address worker = _actor();
        ledger.consult(agent, worker, terms, batch, true, permission);
        ledger.claim(worker, terms, batch, terms.scoreOf());
    }

    /// @inheritdoc IMarketplace
    function take(
        JobTerms calldata terms,
        JobSpec calldata spec,
        bytes32 resultRoot,
        Cid calldata results,
        address agent,
        bytes calldata permission
    ) external returns (JobId id) {
        address worker = _actor();
        ledger.consult(agent, worker, terms, 0, false, permission);
        id = ledger.take(worker, terms, spec, resultRoot, results, _limits());
        ledger.spend(terms.requester, terms.token, terms.rewardFor(terms.taskCount));
    }

    /// @inheritdoc IMarketplace
    function submit(JobId id, uint32 batch, bytes32 resultRoot, Cid calldata results) external {
        ledger.submit(_actor(), id, batch, resultRoot, results);
    }

    /// @inheritdoc IMarketplace
    function settle(JobTerms calldata terms, uint32[] calldata indices) external {
        ledger.settle(terms, indices);
    }

    /// @inheritdoc IMarketplace
    function expire(JobTerms calldata, uint32) external {
        Remedies.expire(ledger, _actor(), parameters(), msg.data);
    }

    /// @inheritdoc IMarketplace
    function release(JobTerms calldata, uint32) external {
        Remedies.release(ledger, _actor(), parameters(), msg.data);
    }

    // ─── Questions ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function prepare(bytes32 commitment) external payable {
        Remedies.prepare(ledger, _actor(), commitment);
    }

    /// @inheritdoc IMarketplace
    function reclaim(Question calldata, uint32, uint32) external {
        Remedies.reclaim(ledger, _actor(), parameters(), msg.data);
    }

    /// @inheritdoc IMarketplace
    function challenge(
        JobTerms calldata,
        Question calldata,
        ResultLeaf calldata,
        bytes32[] calldata
    ) external payable nonReentrant {
        Remedies.challenge(ledger, _actor(), parameters(), msg.data);
    }

    /// @inheritdoc IMarketplace
    function resolve(JobTerms calldata, Dispute calldata) external nonReentrant {
        Remedies.resolve(ledger, _actor(), parameters(), msg.data);
    }

    /// @inheritdoc IMarketplace
    function demand(JobTerms calldata, Question calldata) external payable {
        Remedies.demand(ledger, _actor(), parameters(), msg.data);
    }

    /// @inheritdoc IMarketplace
    function reveal(JobTerms calldata, uint32, uint32, ResultLeaf calldata, bytes32[] calldata) external {
        Remedies.reveal(ledger, _actor(), parameters(), msg.data);
    }

    /// @inheritdoc IMarketplace
    function forfeit(JobTerms calldata, uint32, uint32, uint32) external {
        Remedies.forfeit(ledger, _actor(), parameters(), msg.data);
    }

    // ─── Credit ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function addCredit(address owner, address token, uint256 amount) external payable nonReentrant {
        // Check: it is here, and not lost.
        if (owner == address(0)) revert Marketplace_ZeroRecipient();
        address from = _actor();
        uint256 received = TokenLib.receiveFrom(token, from, amount);
        if (received == 0) revert Marketplace_ZeroAmount();
        if (token == address(0) && received != amount) revert Marketplace_WrongValue(received, amount);
        // Effect: it is the owner's.
        ledger.add(owner, token, received);
        emit CreditAdded(owner, token, from, received);
    }

    /// @inheritdoc IMarketplace
    function giveCredit(address to, address token, uint256 amount) external onlyTo(to) {
        address from = _actor();
        ledger.spend(from, token, amount);
        ledger.add(to, token, amount);
        emit CreditGiven(from, token, to, amount);
    }

    /// @inheritdoc IMarketplace
    function withdraw(address token, address payable to) external nonReentrant onlyTo(to) {
        address owner = _actor();
        uint256 amount = ledger.take(owner, token);
        emit CreditWithdrawn(owner, token, to, amount);
        // Interaction: the money leaves.
        TokenLib.send(token, to, amount);
    }

    // ─── In another's name ───────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarketplace
    function setRights(address operator, uint256 rights) external {
        address account_ = _actor();
        ledger.rights[account_][operator] = rights & Rights.ALL;
        emit RightsSet(account_, operator, rights & Rights.ALL);
    }

    /// @inheritdoc IMarketplace
    function useNonces(uint256 word, uint256 mask) external {
        address account_ = _actor();
        ledger.nonces[account_][word] |= mask;
        emit NoncesUsed(account_, word, mask);
    }

    /// @inheritdoc IMarketplace
    function callFor(address account_, bytes calldata data) external payable returns (bytes memory) {
        ledger.checkOperator(account_, _actor(), data);
        return _callAs(account_, data);
    }

    /// @inheritdoc IMarketplace
    function callSigned(
        SignedCall calldata call,
        bytes calldata signature
    ) external payable returns (bytes memory) {
        ledger.checkSigned(call, _hashTypedDataV4(call.hashOf()), signature);
        return _callAs(call.account, call.data);
    }

    /// @dev The contract calls itself, and knows meanwhile for whom. Anybody else who calls meanwhile calls for itself.
    function _callAs(address account_, bytes calldata data) private returns (bytes memory result) {
        address before = actor;
        actor = account_;
        result = address(this).functionCallWithValue(data, msg.value);
        actor = before;
    }

    /// @dev For whom the caller acts: itself, unless it is this contract in somebody's name.
    function _actor() private view returns (address) {
        return msg.sender == address(this) ? actor : msg.sender;
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

    /// @inheritdoc IMarketplace
    function asked(
        JobId id,
        uint32 batch,
        uint32 round,
        uint32 number,
        bool demand_
    ) external view returns (Asked memory) {
        return ledger.batches[id][batch].asked[QuestionLib.keyOf(round, number, demand_)];
    }

    /// @inheritdoc IMarketplace
    function pendingQuestions(
        JobId id,
        uint32 batch,
        uint256 most
    ) external view returns (QuestionView[] memory) {
        return Remedies.pendingQuestions(ledger, id, batch, most);
    }

    /// @inheritdoc IMarketplace
    function prepared(address asker, bytes32 commitment) external view returns (Preparation memory) {
        return ledger.prepared[asker][commitment];
    }

    /// @inheritdoc IMarketplace
    function stands(JobId id, uint32 position, bytes32 leaf) external view returns (bool) {
        return ledger.stands[QuestionLib.leafKey(id, position, leaf)];
    }

    /// @inheritdoc IMarketplace
    function rightsOf(address account_, address operator) external view returns (uint256) {
        return ledger.rights[account_][operator];
    }

    /// @inheritdoc IMarketplace
    function nonces(address account_, uint256 word) external view returns (uint256) {
        return ledger.nonces[account_][word];
    }
}
