// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../interfaces/IJuryArbiter.sol";
import {DisputeId, Ruling} from "../../shared/types/Dispute.sol";
import {JuryLedger, JuryParameters, Panel, PanelState} from "../types/Jury.sol";
import {PanelLib} from "./PanelLib.sol";

/// @notice Jurors commit to verdicts, then reveal them.
library VoteLib {
    using PanelLib for Panel;

    /// @dev A commitment names its juror, so that a copied one cannot be revealed; and jury and chain, so that what is revealed on
    /// one opens nothing on another.
    function commitmentOf(
        Ruling verdict,
        bytes32 salt,
        address juror,
        DisputeId id,
        uint8 panel
    ) internal view returns (bytes32) {
        return keccak256(abi.encode(verdict, salt, juror, id, panel, address(this), block.chainid));
    }

    function commit(
        JuryLedger storage ledger,
        DisputeId id,
        uint8 index,
        bytes32 commitment,
        JuryParameters memory p
    ) internal {
        Panel storage panel = ledger.cases[id].panels[index];
        PanelState memory state = panel.state;

        // Check: a juror of this panel, in time, for the first time, commits to something.
        if (block.timestamp >= state.commitEndsAt) {
            revert IJuryArbiter.JuryArbiter_NotCommitting(id, index, state.commitEndsAt);
        }
        uint256 seat = _seatOf(ledger, panel, state, id, index);
        if (commitment == 0) revert IJuryArbiter.JuryArbiter_ZeroCommitment();
        if (panel.commitments[seat] != 0) {
            revert IJuryArbiter.JuryArbiter_AlreadyCommitted(id, index, msg.sender);
        }

        // Effect: it is bound to it. When all are, nobody has to wait for the window's end.
        panel.commitments[seat] = commitment;
        emit IJuryArbiter.VerdictCommitted(id, index, msg.sender);
        state.commits += panel.seatsOf(state, panel.jurorAt(state, seat));
        if (state.commits == state.seats) {
            state.commitEndsAt = uint40(block.timestamp);
            state.revealEndsAt = uint40(block.timestamp) + p.revealSeconds;
            emit IJuryArbiter.RevealStarted(id, index, state.revealEndsAt);
        }
        panel.state = state;
    }

    function reveal(
        JuryLedger storage ledger,
        DisputeId id,
        uint8 index,
        Ruling verdict,
        bytes32 salt
    ) internal {
        Panel storage panel = ledger.cases[id].panels[index];
        PanelState memory state = panel.state;

        // Check: a juror of this panel, in time, opens what it committed to.
        if (block.timestamp < state.commitEndsAt || block.timestamp >= state.revealEndsAt) {
            revert IJuryArbiter.JuryArbiter_NotRevealing(id, index, state.commitEndsAt, state.revealEndsAt);
        }
        if (verdict == Ruling.None || verdict > Ruling.BothWrong) revert IJuryArbiter.JuryArbiter_NoVerdict();
        uint256 seat = _seatOf(ledger, panel, state, id, index);
        bytes32 commitment = commitmentOf(verdict, salt, msg.sender, id, index);
        if (panel.commitments[seat] != commitment) {
            revert IJuryArbiter.JuryArbiter_CommitmentMismatch(panel.commitments[seat], commitment);
        }

        // Effect: the vote counts. When nobody is left who could reveal, the panel is closed.
        delete panel.commitments[seat];
        uint32 number = panel.jurorAt(state, seat);
        for (uint256 i = seat; i < state.seats; ++i) {
            if (panel.jurorAt(state, i) != number) continue;
            state.votes |= uint48(uint256(verdict) << (3 * i));
            ++state.reveals;
        }
        if (state.reveals == state.commits) state.revealEndsAt = uint40(block.timestamp);
        panel.state = state;
        emit IJuryArbiter.VerdictRevealed(id, index, msg.sender, verdict);
    }

    function _seatOf(
        JuryLedger storage ledger,
        Panel storage panel,
        PanelState memory state,
        DisputeId id,
        uint8 index
    ) private view returns (uint256 seat) {
        seat = panel.seatOf(state, ledger.numberOf[msg.sender]);
        if (seat == state.seats) revert IJuryArbiter.JuryArbiter_NotDrawn(id, index, msg.sender);
    }
}
