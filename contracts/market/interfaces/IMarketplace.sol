// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Account} from "../types/Account.sol";
import {BatchStatus, BatchView} from "../types/Batch.sol";
import {Cid} from "../../shared/types/Cid.sol";
import {Dispute, DisputeId, Ground, Ruling} from "../../shared/types/Dispute.sol";
import {JobId, JobSpec, JobStatus, JobTerms} from "../../shared/types/Job.sol";
import {Parameters} from "../types/Parameters.sol";
import {Permit} from "../types/Permit.sol";
import {Asked, Preparation, Question, QuestionView} from "../types/Question.sol";
import {SignedCall} from "../types/SignedCall.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";

/// @title The settlement layer of Assay
/// @notice Holds the escrow of jobs and the stake of workers, remembers one Merkle root a batch, and pays what is owed.
///
/// It has no owner, no proxy and no pause: nobody can change a rule, stop a payment or move another's money. Every time limit
/// is enforced by a call that anyone may make.
///
/// Warning: a job names its own arbiter, and what it rules is carried out. A worker that does not trust it does not claim. With the
/// zero address as arbiter nobody can put a result in question; the challenge window still delays the payment.
///
/// Warning: a job names its own token, which is a stranger's code. A token whose balances shrink later (rebasing), that freezes
/// accounts or lies about transfers takes from those who are paid in it, and from nobody else.
///
/// Warning: plain transfers revert, but coins can be forced on any contract (`selfdestruct`, block rewards). The books do not
/// count them and nobody can withdraw them.
///
/// Whatever an account does for itself, an operator that it approved or whoever brings its signature can do in its name: see
/// {callFor} and {callSigned}. "The caller" below is then the account.
///
/// Times are Unix seconds of the block. A deadline's own second still counts: what is due by `t` may be done in a block of
/// time `t`, and is overdue from `t + 1`.
interface IMarketplace {
    // ─── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice A job is posted and its escrow held. The only place where the whole of terms and spec is written down.
    event JobPosted(JobId indexed job, address indexed requester, JobTerms terms, JobSpec spec);

    /// @notice The requester took back the escrow of all open tasks. `refund` is its credit, in the job's token; zero if none was
    /// open. A batch that comes back later is refunded then.
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

    /// @notice A claim was overdue. `penalty` wei of `worker`'s stake are burned. The batch is open again, or refunded: see
    /// {BatchRefunded}.
    event BatchExpired(JobId indexed job, uint32 indexed batch, address indexed worker, uint256 penalty);

    /// @notice `worker` gave back a batch; `fee` wei of its stake are burned. The batch is open again, or refunded.
    event BatchReleased(JobId indexed job, uint32 indexed batch, address indexed worker, uint256 fee);

    /// @notice A batch is void: nobody will be paid for it, `amount` of escrow is credit of the requester, in the job's token. With
    /// {BatchSettled} and {JobCancelled} it says where all of a job's escrow went.
    event BatchRefunded(JobId indexed job, uint32 indexed batch, uint256 amount);

    /// @notice `asker` committed to a question, with `amount` wei behind it, and may ask it from the next second on.
    event QuestionPrepared(address indexed asker, bytes32 indexed commitment, uint256 amount);

    /// @notice Somebody else asked the question first: `amount` wei are credit of `asker`.
    event PreparationReclaimed(address indexed asker, bytes32 indexed commitment, uint256 amount);

    /// @notice A task of a batch is put to the arbiter. `dispute` is what {resolve} takes.
    event BatchChallenged(
        JobId indexed job,
        uint32 indexed batch,
        DisputeId indexed id,
        Dispute dispute,
        ResultLeaf leaf
    );

    /// @notice A ruling is carried out. Against the worker: see {WorkerSlashed}. Else half of `dispute.bond` is burned, the other
    /// half is credit of the worker or, if the ruling is Undecided, of the challenger; and unless other questions are pending, the
    /// challenge window goes on.
    event ChallengeResolved(JobId indexed job, uint32 indexed batch, DisputeId indexed id, Ruling ruling);

    /// @notice `worker` has to show the leaf of task `position` by `deadline` (its second included); `asker` locked `bond` wei.
    event LeafDemanded(
        JobId indexed job,
        uint32 indexed batch,
        address indexed worker,
        uint32 round,
        uint32 number,
        uint32 position,
        address asker,
        uint256 bond,
        uint40 deadline
    );

    /// @notice The leaf that demand `number` was for. Half of the bond is credit of the worker, the other half burned; and unless
    /// other questions are pending, the challenge window goes on.
    event LeafRevealed(JobId indexed job, uint32 indexed batch, uint32 number, ResultLeaf leaf);

    /// @notice The batch was taken from its worker while this demand was pending; `bond` wei are credit of `asker` again.
    event DemandVoided(JobId indexed job, uint32 indexed batch, address indexed asker, uint256 bond);

    /// @notice The ruling on a challenge came after its round. What was set aside for the arbiter's fee is credit of `account`: the
    /// challenger if it was right, else the requester.
    event FeeReturned(JobId indexed job, uint32 indexed batch, address indexed account, uint256 amount);

    /// @notice `worker` was wrong and lost `slashed` wei of stake, `compensation` of it to the requester; `reward` (the arbiter's fee
    /// included) is credit of `asker` beside its bond, `reserved` is set aside for the arbiter's fees of other pending challenges.
    /// `burned` is out of reach for everybody: a part of the slash, and the bond of
    /// an asker whose own answer was wrong. The batch is open again, or refunded.
    event WorkerSlashed(
        JobId indexed job,
        uint32 indexed batch,
        address indexed worker,
        address asker,
        uint256 slashed,
        uint256 burned,
        uint256 reward,
        uint256 reserved,
        uint256 compensation
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

    /// @notice `from` paid in `amount` of `token` as credit of `account`.
    event CreditAdded(address indexed account, address indexed token, address indexed from, uint256 amount);

    /// @notice `amount` of the credit of `from` in `token` is credit of `to`.
    event CreditGiven(address indexed from, address indexed token, address indexed to, uint256 amount);

    /// @notice `operator` may do in the name of `account` what {Rights} calls `rights`, and nothing else.
    event RightsSet(address indexed account, address indexed operator, uint256 rights);

    /// @notice The nonces of `word` whose bits are in `mask` are good for no signed call of `account`.
    event NoncesUsed(address indexed account, uint256 word, uint256 mask);

    // ─── Errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice A term or parameter is outside `least … most`. `what` is its name, left-aligned ASCII.
    error Marketplace_OutOfBounds(bytes32 what, uint256 value, uint256 least, uint256 most);

    /// @notice Not version 1, not single-byte codes, no 32-byte digest, or the zero digest.
    error Marketplace_MalformedCid(bytes4 prefix, bytes32 digest);

    /// @notice The terms name `specHash`, the spec that came with them hashes to `actual`.
    error Marketplace_SpecMismatch(bytes32 specHash, bytes32 actual);

    /// @notice The escrow has to arrive exactly: as value sent, or, in tokens, by the balance. A token that takes a fee of transfers
    /// cannot be used.
    error Marketplace_WrongEscrow(JobId job, uint256 received, uint256 escrow);

    /// @notice The value sent has to be `needed` wei, exactly.
    error Marketplace_WrongValue(uint256 value, uint256 needed);

    /// @notice These very terms were posted before; another salt makes another job.
    error Marketplace_AlreadyPosted(JobId job);

    /// @notice No job of these terms was posted.
    error Marketplace_NotPosted(JobId job);

    /// @notice The job is cancelled.
    error Marketplace_Cancelled(JobId job);

    /// @notice Only the requester may do this.
    error Marketplace_NotRequester(JobId job, address caller, address requester);

    /// @notice The job has `batchCount` batches, the first is 0.
    error Marketplace_NoSuchBatch(JobId job, uint32 batch, uint256 batchCount);

    /// @notice The batch is `status`, the call needs it to be `needed`.
    error Marketplace_WrongStatus(JobId job, uint32 batch, BatchStatus status, BatchStatus needed);

    /// @notice Batches could be claimed until `claimUntil`.
    error Marketplace_ClaimingClosed(JobId job, uint40 claimUntil);

    /// @notice Only the worker that claimed the batch may do this.
    error Marketplace_NotClaimer(JobId job, uint32 batch, address caller, address worker);

    /// @notice This was possible until `deadline`.
    error Marketplace_Overdue(JobId job, uint32 batch, uint40 deadline);

    /// @notice The worker still has until `deadline`, its second included.
    error Marketplace_NotOverdue(JobId job, uint32 batch, uint40 deadline);

    /// @notice The zero root commits to nothing.
    error Marketplace_ZeroResultRoot(JobId job, uint32 batch);

    /// @notice The batch may be settled from `settleableAt` on.
    error Marketplace_ChallengeWindowOpen(JobId job, uint32 batch, uint256 settleableAt);

    /// @notice The batch could be put in question before `settleableAt`.
    error Marketplace_ChallengeWindowOver(JobId job, uint32 batch, uint256 settleableAt);

    /// @notice The job has no arbiter: its results cannot be put in question.
    error Marketplace_NoArbiter(JobId job);

    /// @notice The batch's result root is `resultRoot`: somebody else's, or after a reorganisation another, than expected.
    error Marketplace_WrongRoot(JobId job, uint32 batch, bytes32 resultRoot, bytes32 expectedRoot);

    /// @notice Task `position` is not in the batch.
    error Marketplace_NoSuchTask(JobId job, uint32 batch, uint32 position);

    /// @notice This is not the leaf of task `position` under the batch's result root, or not the one that was demanded.
    error Marketplace_WrongLeaf(JobId job, uint32 batch, uint32 position);

    /// @notice A demand has no ground and no answer. A wrong result has an answer that differs from the leaf. Only an ok result can be
    /// unavailable, and that has no answer.
    error Marketplace_WrongGround(Ground ground, uint8 outcome, bytes32 answer);

    /// @notice The question is about job `given`, the terms are those of `job`.
    error Marketplace_WrongJob(JobId job, JobId given);

    /// @notice The arbiter has found this leaf right already.
    error Marketplace_LeafStands(JobId job, uint32 position, bytes32 leaf);

    /// @notice The commitment to this question has to be prepared (else `preparedAt` is 0), after the batch was submitted, before this
    /// second, at most `responseWindowSeconds` ago, and with the bond of a first challenge at least.
    error Marketplace_NotPrepared(bytes32 commitment, uint256 preparedAt, uint256 amount);

    /// @notice The caller has prepared this, and not used it.
    error Marketplace_AlreadyPrepared(bytes32 commitment, uint256 preparedAt);

    /// @notice There is no such question, or it has ended; or it is not the one that was prepared for.
    error Marketplace_NotAsked(JobId job, uint32 batch, uint32 round, uint32 number);

    /// @notice The arbiter has not ruled, and has until `timeoutAt`, its second included.
    error Marketplace_NotRuled(JobId job, uint32 batch, uint256 timeoutAt);

    /// @notice `needed` gas has to be left when the arbiter is asked, so that nobody can starve it.
    error Marketplace_TooLittleGas(uint256 gasLeft, uint256 needed);

    /// @notice The job asks for a score of `minScore`.
    error Marketplace_ScoreTooLow(address account, uint16 score, uint16 minScore);

    /// @notice `free` wei of stake are not locked, `needed` are asked for.
    error Marketplace_InsufficientStake(address account, uint256 free, uint256 needed);

    /// @notice `unbonding` wei are unbonding, `needed` are asked for.
    error Marketplace_InsufficientUnbonding(address account, uint256 unbonding, uint256 needed);

    /// @notice What unbonds may be withdrawn from `readyAt` on.
    error Marketplace_StillUnbonding(address account, uint40 readyAt);

    /// @notice The account's credit in `token` is `credit`, `needed` is asked for.
    error Marketplace_InsufficientCredit(address account, address token, uint256 credit, uint256 needed);

    /// @notice `operator` needs a right of the set `needed` from `account`; zero if no operator can do this.
    error Marketplace_NoRight(address account, address operator, uint256 needed);

    /// @notice The signature was good until `deadline`.
    error Marketplace_SignatureExpired(address account, uint256 deadline);

    /// @notice The account has used this nonce, or ruled it out.
    error Marketplace_NonceUsed(address account, uint256 nonce);

    /// @notice Not the account's signature, or not of this call to this contract on this chain.
    error Marketplace_WrongSignature(address account);

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

    /// @notice Posts a job: every batch of it is open. The escrow is `taskCount · rewardPerTask`: sent as value, exactly, or taken
    /// from the caller's tokens, which has to be approved.
    /// @dev The caller is `terms.requester`. Bounds of the terms: every count, window and amount at least 1; `batchSize` at most
    /// `taskCount`; windows and stake within `parameters()`; `minScore` at most 10000, its bit `RESERVED` aside; `claimUntil` after now and at most 365 days
    /// ahead; all CIDs well-formed.
    function post(JobTerms calldata terms, JobSpec calldata spec) external payable returns (JobId id);

    /// @notice Posts a job that is paid in tokens, approved by a signature of the caller's (ERC-2612) over the escrow. A signature that
    /// somebody else has used already does no harm.
    function postWithPermit(
        JobTerms calldata terms,
        JobSpec calldata spec,
        Permit calldata permit
    ) external returns (JobId id);

    /// @notice Posts a job that is paid from the caller's credit in the job's token.
    function postFromCredit(JobTerms calldata terms, JobSpec calldata spec) external returns (JobId id);

    /// @notice Turns the escrow of all open tasks into credit of the requester, if any is open. Claimed batches go on and are paid; one that
    /// loses its worker later is refunded.
    function cancel(JobTerms calldata terms) external;

    // ─── Batches ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Locks `stakePerBatch` of the caller's stake and gives it the batch for `submitWindowSeconds`.
    function claim(JobTerms calldata terms, uint32 batch) external;

    /// @notice Claims a batch of a job whose `minScore` has the bit `RESERVED`: `agent`, an operator of the requester with the right `REQUEST`,
    /// admits the caller ({IAgent}). {claim} refuses such a job.
    /// @param permission What the agent needs to know.
    function claimReserved(
        JobTerms calldata terms,
        uint32 batch,
        address agent,
        bytes calldata permission
    ) external;

    /// @notice Posts a job in the requester's name, from its credit, and claims its first batch, if `agent` admits the caller; reserved or not.
    /// With a root it submits the batch, too: for work that was done before. The other batches of the job are open.
    ///
    /// Warning: others see the call before it is mined. Bind the root to the worker (see {submit}), and serve no result before: then what can
    /// be copied is worth nothing to them.
    /// @param resultRoot See {submit}; zero to claim only. Then `results` is ignored.
    /// @param agent An operator of the requester with the right `REQUEST`: see {IAgent}.
    /// @param permission What the agent needs to know.
    function take(
        JobTerms calldata terms,
        JobSpec calldata spec,
        bytes32 resultRoot,
        Cid calldata results,
        address agent,
        bytes calldata permission
    ) external returns (JobId id);

    /// @notice Commits to the results of a batch that the caller claimed. Starts the challenge window.
    /// @param resultRoot Merkle root over the batch's result leaves, in order; or that root bound to the worker,
    /// `keccak256(0x02 ‖ root ‖ worker)`, which is worth nothing to anybody else.
    /// @param results The index block of the result manifest.
    function submit(JobId id, uint32 batch, bytes32 resultRoot, Cid calldata results) external;

    /// @notice Pays for batches whose challenge window is over: unlocks the stake, credits the reward. Anyone may call it, for the
    /// batches of any workers. What is settled already is passed over, so that two settlers do not block each other.
    function settle(JobTerms calldata terms, uint32[] calldata indices) external;

    /// @notice Ends a claim whose deadline is over. Anyone may call it. The penalty is burned.
    function expire(JobTerms calldata terms, uint32 batch) external;

    /// @notice Gives back a batch that the caller claimed, before its deadline. The fee is burned; it grows with the time that the
    /// batch was held, from `releaseFeeBps` up to the penalty of an expiry, and so does what it costs of the score.
    function release(JobTerms calldata terms, uint32 batch) external;

    // ─── Questions ───────────────────────────────────────────────────────────────────────────────────────────────────────
    // A submitted batch can be put in question until its challenge window ends; while a question is pending, the window stands still.
    // To ask takes two steps, and money from the first on. The n-th challenge of a batch costs n² times what the first does, the n-th
    // demand n times; of the bond of a question that does not go against the worker, half is burned.

    /// @notice The first step of a question: commits to it, with the value sent behind it, which is the bond of a first challenge at least,
    /// for a demand too. Nobody who sees the second step can take it
    /// first. What is not used within `responseWindowSeconds` is lost.
    /// @param commitment `keccak256(abi.encode(asker, question))`.
    function prepare(bytes32 commitment) external payable;

    /// @notice Gives back the money of a preparation, if somebody else asked the same after it: about the same task, on the same ground.
    /// @param number Of that question, in `round`, among challenges or demands as `question` is one.
    function reclaim(Question calldata question, uint32 round, uint32 number) external;

    /// @notice Puts one task of a submitted batch to the job's arbiter. The n-th challenge of a round takes
    /// `n² · (stakePerBatch · challengeBondBps / 10000 + fee)`, with `fee` the arbiter's: what was prepared and the value sent; what
    /// is too much is credit of the caller.
    /// @param leaf What the worker says the task gave.
    /// @param proof The leaf's siblings, from below, under the batch's result root.
    function challenge(
        JobTerms calldata terms,
        Question calldata question,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof
    ) external payable;

    /// @notice Carries out the arbiter's ruling. Anyone may call it. An arbiter that has said nothing `disputeTimeoutSeconds` after the
    /// challenge is taken for undecided. An arbiter has 200,000 gas to answer; what it does not say within, it has not said.
    /// A challenge whose round has ended meanwhile is judged like any other, but nobody is slashed again: a challenger that was right gets
    /// bond and fee back, and no share.
    /// @param dispute As {BatchChallenged} told it.
    function resolve(JobTerms calldata terms, Dispute calldata dispute) external;

    /// @notice Asks the worker of a submitted batch to show the leaf of one task, within `responseWindowSeconds`. The n-th demand of a
    /// round takes `n · stakePerBatch · demandBondBps / 10000`, as {challenge} does.
    function demand(JobTerms calldata terms, Question calldata question) external payable;

    /// @notice Shows the leaf that demand `number` of the current round is for. Anyone who has it may.
    function reveal(
        JobTerms calldata terms,
        uint32 batch,
        uint32 number,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof
    ) external;

    /// @notice Ends a demand that was not answered in time: the worker was wrong. The asker's share of the slash is at most twice the bond
    /// of a first demand. Or one of an earlier round: its bond goes back. Anyone
    /// may call it.
    function forfeit(JobTerms calldata terms, uint32 batch, uint32 round, uint32 number) external;

    // ─── Credit ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Adds to the credit of an account: value sent, `amount` exactly, or tokens taken from the caller.
    function addCredit(address owner, address token, uint256 amount) external payable;

    /// @notice Makes `amount` of the caller's credit in `token` credit of `to`.
    function giveCredit(address to, address token, uint256 amount) external;

    /// @notice Sends all credit of the caller in `token` (the zero address: the native coin) to `to`.
    function withdraw(address token, address payable to) external;

    // ─── In another's name ───────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Lets `operator` do in the caller's name what `rights` names, and nothing else; zero takes all back.
    ///
    /// Warning: an operator with the right to work can lose stake, one with the right to be paid out can take everything.
    function setRights(address operator, uint256 rights) external;

    /// @notice Rules out nonces of the caller: those of `word` whose bits are in `mask`.
    function useNonces(uint256 word, uint256 mask) external;

    /// @notice Makes a call in the name of `account`, which gave the caller the right to. The value sent goes with it.
    /// @return What the call returns.
    function callFor(address account, bytes calldata data) external payable returns (bytes memory);

    /// @notice Makes a call that `call.account` signed: EIP-712, domain "Assay Marketplace", version "1", this chain and contract;
    /// or, for a contract, as it judges by ERC-1271. Anyone may bring it. The value sent is `call.value`, exactly, and goes with it.
    /// @return What the call returns.
    function callSigned(
        SignedCall calldata call,
        bytes calldata signature
    ) external payable returns (bytes memory);

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

    /// @notice A question: `number` of the challenges, or else of the demands, of a round.
    function asked(
        JobId id,
        uint32 batch,
        uint32 round,
        uint32 number,
        bool demand_
    ) external view returns (Asked memory);

    /// @notice What is pending about a batch, challenges first: at most `most` questions.
    function pendingQuestions(
        JobId id,
        uint32 batch,
        uint256 most
    ) external view returns (QuestionView[] memory);

    /// @notice The money behind a commitment of `asker`.
    function prepared(address asker, bytes32 commitment) external view returns (Preparation memory);

    /// @notice Whether the arbiter has found this leaf right.
    function stands(JobId id, uint32 position, bytes32 leaf) external view returns (bool);

    /// @notice What `operator` may do in the name of `account`: a set of {Rights}.
    function rightsOf(address account, address operator) external view returns (uint256);

    /// @notice 256 nonces of signed calls of `account`, from `256 · word` on: a bit for each that is used.
    function nonces(address account, uint256 word) external view returns (uint256);
}
