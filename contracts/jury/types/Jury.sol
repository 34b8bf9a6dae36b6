// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IRandomness} from "../../randomness/interfaces/IRandomness.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {DisputeId, Ruling} from "../../shared/types/Dispute.sol";

/// @notice What differs from chain to chain: constructor arguments, fixed for ever, bounded as `docs/jury.md` says.
struct JuryParameters {
    /// Whose disputes this jury decides: nobody else can open one.
    address marketplace;
    /// Where the randomness of draws comes from.
    IRandomness randomness;
    /// The unit of juror stake, in wei: a juror's chance is its whole tickets, and every seat locks one.
    uint96 ticketWei;
    /// What one seat of a panel costs whoever asks for it, in wei.
    uint96 seatFeeWei;
    /// Seats of the first panel, odd; an appeal has twice as many and one. Where there are fewer tickets, there are fewer seats.
    uint8 jurySize;
    /// What a juror loses of a ticket for not revealing a verdict, in 1/10000.
    uint16 noShowSlashBps;
    /// What a juror loses of a ticket for a verdict other than the ruling, in 1/10000.
    uint16 minoritySlashBps;
    /// Seconds of an epoch: stake counts from the next one on, and a draw must be executed within one of its request.
    uint32 epochSeconds;
    /// Seconds from a draw in which its jurors commit.
    uint32 commitSeconds;
    /// Seconds after that in which they reveal.
    uint32 revealSeconds;
    /// Seconds from the first ruling in which it can be appealed.
    uint32 appealSeconds;
    /// Seconds from unbonding stake until it may be withdrawn; at least two epochs.
    uint32 unbondingSeconds;
}

/// @notice Where a dispute stands. The first four take turns with every panel; nothing leaves `Settled`.
enum Stage {
    /// Never opened.
    None,
    /// Randomness is asked for; as soon as it is known, anybody can draw.
    Drawing,
    /// The drawn jurors commit.
    Committing,
    /// They reveal.
    Revealing,
    /// Nobody drew in time, or too few revealed: `advance` asks for new randomness or for another panel.
    Stalled,
    /// The first panel has ruled; anybody can appeal.
    Appealable,
    /// The ruling is final.
    Final,
    /// The ruling is final, and the jurors are paid and slashed.
    Settled
}

/// @notice A juror: two slots. Amounts are wei of the native coin.
/// @dev A draw and a settlement write the first slot only.
struct Juror {
    /// All that is staked, what is unbonding included: it can be slashed until it is withdrawn.
    uint96 stake;
    /// Fees and slashes earned, not yet withdrawn.
    uint96 credit;
    /// Seats in disputes that are not settled. Each locks one ticket.
    uint24 seats;
    /// Unix seconds from which what is unbonding may be withdrawn.
    uint40 withdrawableAt;
    address owner;
    /// The part of `stake` that is on its way out and has no chance in draws.
    uint96 unbonding;
}

/// @notice One slot: what every commit and reveal touches.
struct PanelState {
    /// Unix seconds; zero until drawn. Moves forward to now when the last juror commits.
    uint40 commitEndsAt;
    /// Unix seconds. Moves forward to now when the last committed juror reveals.
    uint40 revealEndsAt;
    /// Odd; zero when there was nobody to draw.
    uint8 seats;
    /// In seats, like the next: a juror commits and reveals once for all of its seats.
    uint8 commits;
    uint8 reveals;
    /// Three bits a seat: the {Ruling} that was revealed.
    uint48 votes;
    /// Juror numbers of seats 0, 1 and 2, 32 bits each.
    uint96 firstJurors;
}

/// @notice Jurors drawn together.
struct Panel {
    PanelState state;
    /// Juror numbers from seat 3 on, eight a slot.
    mapping(uint256 word => uint256) moreJurors;
    /// By the first seat of a juror; cleared by the reveal.
    mapping(uint256 seat => bytes32) commitments;
}

/// @notice One slot: what open, renew, redraw, appeal and settle touch.
struct CaseState {
    /// When the current panel's randomness was asked for, Unix seconds; zero for a dispute never opened.
    uint40 requestedAt;
    /// What {IRandomness} calls it.
    uint64 randomness;
    /// How often randomness was asked for, for the current panel.
    uint8 requests;
    /// Index of the current panel: 0 the first, 1 its replacement, 2 the appeal, 3 its replacement.
    uint8 panel;
    /// None until settled; before, it follows from the panels.
    Ruling ruling;
}

/// @notice A dispute before this jury.
struct Case {
    CaseState state;
    /// Who paid for the appeal, if any.
    address appellant;
    mapping(uint256 index => Panel) panels;
}

/// @notice Everything that the jury stores. The libraries are its transitions.
struct JuryLedger {
    /// Tickets, by juror number.
    SumTree.Tree tree;
    /// A juror number that was given back, the first of a list; zero when the list is empty.
    uint32 freed;
    mapping(uint32 number => uint32) nextFreed;
    mapping(uint32 number => Juror) jurors;
    /// Zero for an account that is not a juror.
    mapping(address account => uint32) numberOf;
    mapping(DisputeId => Case) cases;
    /// What accounts may withdraw that earned it otherwise than as jurors, in wei.
    mapping(address account => uint256) credits;
}

/// @notice Where a dispute stands, as clients read it.
struct Standing {
    Stage stage;
    /// Unix seconds at which this stage ends by itself; zero if it does not.
    uint40 endsAt;
    /// Index of the current panel.
    uint8 panel;
    /// How often randomness was asked for, for the current panel.
    uint8 requests;
    /// What {IRandomness} calls the current panel's randomness.
    uint64 randomness;
    /// When that was asked for, Unix seconds.
    uint40 requestedAt;
    /// While appealable the first panel's; final in the last two stages; None before.
    Ruling ruling;
    /// Whether a majority stands behind the ruling. If none does, no verdict is slashed.
    bool decided;
    /// Who paid for the appeal, if any.
    address appellant;
}

/// @notice A panel as clients read it. The arrays go by seat; a juror can have several.
struct PanelView {
    uint40 commitEndsAt;
    uint40 revealEndsAt;
    address[] jurors;
    bool[] committed;
    Ruling[] verdicts;
}

/// @notice A juror as clients read it. Amounts in wei.
struct JurorView {
    /// Zero for an account that is not a juror.
    uint32 number;
    /// What is unbonding included.
    uint96 stake;
    uint96 unbonding;
    uint40 withdrawableAt;
    uint24 seats;
    /// Weight in the draws of the next epoch.
    uint256 tickets;
}
