// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Dispute, DisputeId, Ruling} from "../../shared/types/Dispute.sol";
import {JurorView, JuryParameters, PanelView, Stage, Standing} from "../types/Jury.sol";
import {IArbiter} from "../../shared/interfaces/IArbiter.sol";

/// @title A jury of staked jurors
/// @notice Decides a dispute by the majority of jurors who were drawn by stake, with randomness that nobody knew when the dispute was
/// opened, from stakes that nobody can change after that. They recompute the task, commit to a verdict, and reveal it. One appeal
/// to a larger panel is possible. `docs/jury.md` has the state machine, the money and the limits.
///
/// It has no owner, no proxy and no pause. Every phase ends by itself or by a call that anyone may make, and no call costs more
/// for there being more jurors, but for the depth of a tree.
///
/// Warning: stake that was drawn on is locked until the dispute is settled, and a juror that does not reveal, or reveals another
/// verdict than the ruling, loses a part of it. A juror that is on many panels at once can lose all that it has.
///
/// Warning: the marketplace it serves takes any job. What a juror cannot verify, it should call Undecided.
///
/// Warning: coins can be forced on any contract. The books do not count them and nobody can withdraw them.
///
/// Windows are half-open: what a window of `w` seconds from `t` allows can be done in a block of time `t … t + w − 1`.
interface IJuryArbiter is IArbiter {
    // ─── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Stake of `account`, juror `number`, grew by `amount` wei.
    event Deposited(address indexed account, uint32 indexed number, uint256 amount);

    /// @notice `amount` wei of stake is on its way out and has no chance in draws from the next epoch on. All that is unbonding
    /// may be withdrawn from `withdrawableAt` on.
    event Unbonded(address indexed account, uint256 amount, uint40 withdrawableAt);

    /// @notice `amount` wei that had unbonded was sent to `to`.
    event StakeWithdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice `account` has no stake left and is juror `number` no more; the number may be another's from now on.
    event JurorLeft(address indexed account, uint32 indexed number);

    /// @notice `amount` wei of credit was sent to `to`.
    event CreditWithdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice A dispute was opened. The only place where the whole of it is written down.
    event DisputeOpened(DisputeId indexed id, Dispute dispute);

    /// @notice The jurors of `panel` can be drawn once `randomness` is known, until `lapsesAt`.
    event DrawRequested(DisputeId indexed id, uint8 panel, uint64 randomness, uint40 lapsesAt);

    /// @notice Jurors, by number and seat, were drawn; a juror may have several, and there are none if there was nobody to draw. They
    /// commit until `commitEndsAt`.
    event JuryDrawn(DisputeId indexed id, uint8 panel, uint32[] jurors, uint40 commitEndsAt);

    /// @notice A juror committed to a verdict.
    event VerdictCommitted(DisputeId indexed id, uint8 panel, address indexed juror);

    /// @notice Every juror of `panel` has committed: they reveal from now until `revealEndsAt`.
    event RevealStarted(DisputeId indexed id, uint8 panel, uint40 revealEndsAt);

    /// @notice A juror revealed its verdict.
    event VerdictRevealed(DisputeId indexed id, uint8 panel, address indexed juror, Ruling verdict);

    /// @notice `appellant` paid for the larger panel.
    event Appealed(DisputeId indexed id, address indexed appellant);

    /// @notice Juror `number` lost `amount` wei of stake to a dispute.
    event JurorSlashed(DisputeId indexed id, uint32 indexed number, uint256 amount);

    /// @notice The jurors of a dispute are paid and slashed. Each of the `coherent` seats that voted as `ruling` says earned
    /// `share` wei, the first of them the undivided rest too; `repaid` wei went to the appellant, and `burned` wei to
    /// nobody.
    event DisputeSettled(
        DisputeId indexed id,
        Ruling ruling,
        uint256 coherent,
        uint256 share,
        uint256 repaid,
        uint256 burned
    );

    // ─── Errors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice A parameter is outside `least … most`. `what` is its name, left-aligned ASCII.
    error JuryArbiter_OutOfBounds(bytes32 what, uint256 value, uint256 least, uint256 most);

    /// @notice A panel of an even number of jurors can be torn.
    error JuryArbiter_EvenJury(uint8 jurySize);

    /// @notice There is no contract at the address of the marketplace.
    error JuryArbiter_NoMarketplace(address marketplace);

    /// @notice Only the marketplace that this jury serves opens disputes.
    error JuryArbiter_NotMarketplace(address caller, address marketplace);

    /// @notice Nobody but the parties has a ticket.
    error JuryArbiter_NobodyToDraw(DisputeId id);

    /// @notice The ruling is `ruling`, not `expected`: after a reorganisation, it may be another than the one that was to be appealed.
    error JuryArbiter_WrongRuling(DisputeId id, Ruling ruling, Ruling expected);

    /// @notice There is no contract at the source of randomness.
    error JuryArbiter_NoRandomness(address randomness);

    /// @notice An amount of zero changes nothing.
    error JuryArbiter_ZeroAmount();

    /// @notice Money sent to the zero address is lost.
    error JuryArbiter_ZeroRecipient();

    /// @notice `stake` wei that are not unbonding are less than one ticket.
    error JuryArbiter_BelowTicket(address account, uint256 stake, uint256 ticketWei);

    /// @notice The tree of stakes holds no more than `most` tickets in all.
    error JuryArbiter_PoolFull(uint256 tickets, uint256 most);

    /// @notice `stake` wei are not unbonding yet, `needed` are asked for.
    error JuryArbiter_InsufficientStake(address account, uint256 stake, uint256 needed);

    /// @notice The account has nothing unbonding.
    error JuryArbiter_NothingUnbonding(address account);

    /// @notice What unbonds may be withdrawn from `withdrawableAt` on.
    error JuryArbiter_StillUnbonding(address account, uint40 withdrawableAt);

    /// @notice Of `stake` wei, seats in disputes that are not settled lock `locked` wei.
    error JuryArbiter_StakeLocked(address account, uint256 stake, uint256 locked);

    /// @notice The account has no credit.
    error JuryArbiter_NoCredit(address account);

    /// @notice The fee has to be sent exactly.
    error JuryArbiter_WrongFee(uint256 value, uint256 fee);

    /// @notice The dispute was opened before.
    error JuryArbiter_AlreadyOpen(DisputeId id);

    /// @notice The dispute is at `stage`, the call needs it at `needed`.
    error JuryArbiter_WrongStage(DisputeId id, Stage stage, Stage needed);

    /// @notice The current panel is `current`, not `panel`.
    error JuryArbiter_WrongPanel(DisputeId id, uint8 panel, uint8 current);

    /// @notice Nothing is overdue.
    error JuryArbiter_NothingToAdvance(DisputeId id, Stage stage);

    /// @notice The account has no seat on this panel.
    error JuryArbiter_NotDrawn(DisputeId id, uint8 panel, address account);

    /// @notice Commitments to this panel were taken until `commitEndsAt`; zero if it is not drawn.
    error JuryArbiter_NotCommitting(DisputeId id, uint8 panel, uint40 commitEndsAt);

    /// @notice Verdicts of this panel are revealed from `commitEndsAt` until `revealEndsAt`; zero if it is not drawn.
    error JuryArbiter_NotRevealing(DisputeId id, uint8 panel, uint40 commitEndsAt, uint40 revealEndsAt);

    /// @notice The juror has committed already.
    error JuryArbiter_AlreadyCommitted(DisputeId id, uint8 panel, address juror);

    /// @notice The zero hash commits to nothing.
    error JuryArbiter_ZeroCommitment();

    /// @notice A verdict is worker right, worker wrong, undecided or both wrong.
    error JuryArbiter_NoVerdict();

    /// @notice The juror committed to `committed` (zero: to nothing, or revealed it already), what it reveals hashes to `revealed`.
    error JuryArbiter_CommitmentMismatch(bytes32 committed, bytes32 revealed);

    // ─── Stake ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Adds the value sent to the caller's stake, which must then be a ticket at least. It counts in draws for disputes
    /// that are opened from the next epoch on.
    function deposit() external payable;

    /// @notice Starts to take `amount` wei out of the caller's stake. It counts for nothing in draws from the next epoch on, and can
    /// be slashed until it is withdrawn. The unbonding period (re)starts for everything that is unbonding.
    function unbond(uint96 amount) external;

    /// @notice Sends what has unbonded to `to`, as far as no seat locks it. Who has no stake left is a juror no more.
    function withdrawStake(address payable to) external;

    /// @notice Sends all credit of the caller to `to`.
    function withdraw(address payable to) external;

    // ─── Disputes ────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Draws the current panel of a dispute, once its randomness is known. Anyone may call it. Parties are left out.
    /// A seat is a ticket, so a juror may have several. If fewer tickets are left than there are to be seats, there are fewer seats.
    /// @param proof What the source of randomness asks for.
    /// @return jurors The numbers of the jurors, by seat.
    function draw(Dispute calldata dispute, bytes calldata proof) external returns (uint32[] memory jurors);

    /// @notice Commits the caller, a juror of this panel, to a verdict for all of its seats.
    /// @param commitment See `commitmentOf`.
    function commit(DisputeId id, uint8 panel, bytes32 commitment) external;

    /// @notice Draws the current panel unless somebody has, and commits the caller to a verdict.
    /// @param panel What the caller takes to be the current panel; its commitment holds for no other.
    function drawAndCommit(
        Dispute calldata dispute,
        bytes calldata proof,
        uint8 panel,
        bytes32 commitment
    ) external;

    /// @notice Reveals what the caller committed to. The last of those who committed closes the panel.
    function reveal(DisputeId id, uint8 panel, Ruling verdict, bytes32 salt) external;

    /// @notice Asks for new randomness, if a panel was not drawn in time or its randomness is lost; or, if that has been done often
    /// enough or too few jurors revealed, for a panel to replace it, once. Anyone may call it.
    function advance(DisputeId id) external;

    /// @notice Asks for a larger panel, whose ruling is final. The value sent is `appealFee()`, exactly. Anyone may call it, once a
    /// dispute.
    /// @param expected The ruling that is appealed.
    function appeal(DisputeId id, Ruling expected) external payable;

    /// @notice Pays and slashes the jurors of a dispute whose ruling is final. Anyone may call it.
    function settle(Dispute calldata dispute) external;

    // ─── Reads ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice The rules of this deployment.
    function parameters() external view returns (JuryParameters memory);

    /// @notice What `appeal` takes, in wei.
    function appealFee() external view returns (uint256);

    /// @notice The name of a dispute, opened or not.
    function disputeId(Dispute calldata dispute) external pure returns (DisputeId);

    /// @notice What a juror commits to: `keccak256(abi.encode(verdict, salt, juror, id, panel, jury, chainId))`. The salt must be random
    /// and secret until it is revealed: there are only four verdicts to guess.
    function commitmentOf(
        Ruling verdict,
        bytes32 salt,
        address juror,
        DisputeId id,
        uint8 panel
    ) external view returns (bytes32);

    /// @notice Where a dispute stands now.
    function standing(DisputeId id) external view returns (Standing memory);

    /// @notice A panel of a dispute: 0 the first, 1 its replacement, 2 the appeal, 3 its replacement. Its jurors' addresses are to be
    /// relied on until the dispute is settled; later a number may belong to somebody else.
    function panel(DisputeId id, uint8 index) external view returns (PanelView memory);

    /// @notice Stake and seats of a juror.
    function juror(address account) external view returns (JurorView memory);

    /// @notice The account behind a juror number; the zero address if nobody has it.
    function jurorAt(uint32 number) external view returns (address);

    /// @notice The sum of all tickets in draws for disputes that are opened now.
    function totalTickets() external view returns (uint256);

    /// @notice How many of them are not of these parties: that many seats a panel could have, were a dispute opened now.
    function eligibleTickets(
        address requester,
        address worker,
        address challenger
    ) external view returns (uint256);

    /// @notice What `account` may withdraw, in wei.
    function credit(address account) external view returns (uint256);
}
