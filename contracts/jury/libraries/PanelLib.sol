// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ruling} from "../../shared/types/Dispute.sol";
import {JuryParameters, Panel, PanelState} from "../types/Jury.sol";

/// @notice A panel's seats and votes.
library PanelLib {
    /// @dev How many jurors fit into a panel's first slot.
    uint256 private constant FIRST = 3;

    /// @dev Seats the jurors and opens the commit window. Without jurors there is nothing to wait for.
    function seat(
        Panel storage panel,
        uint32[] memory jurors,
        JuryParameters memory p
    ) internal returns (uint40 commitEndsAt) {
        PanelState memory state;
        state.seats = uint8(jurors.length);
        for (uint256 i = 0; i < jurors.length; ++i) {
            if (i < FIRST) {
                state.firstJurors |= uint96(jurors[i]) << uint96(32 * i);
            } else {
                (uint256 word, uint256 shift) = _place(i);
                panel.moreJurors[word] |= uint256(jurors[i]) << shift;
            }
        }
        commitEndsAt = uint40(block.timestamp) + (state.seats == 0 ? 0 : p.commitSeconds);
        state.commitEndsAt = commitEndsAt;
        state.revealEndsAt = commitEndsAt + (state.seats == 0 ? 0 : p.revealSeconds);
        panel.state = state;
    }

    /// @dev The first seat of a juror, or `state.seats` if it has none.
    function seatOf(
        Panel storage panel,
        PanelState memory state,
        uint32 number
    ) internal view returns (uint256 i) {
        for (; i < state.seats; ++i) {
            if (jurorAt(panel, state, i) == number) return i;
        }
    }

    /// @dev The number of the juror in a seat.
    function jurorAt(Panel storage panel, PanelState memory state, uint256 i) internal view returns (uint32) {
        if (i < FIRST) return uint32(state.firstJurors >> (32 * i));
        (uint256 word, uint256 shift) = _place(i);
        return uint32(panel.moreJurors[word] >> shift);
    }

    /// @dev Where the juror of a seat from the fourth on is written.
    function _place(uint256 i) private pure returns (uint256 word, uint256 shift) {
        unchecked {
            return ((i - FIRST) / 8, 32 * ((i - FIRST) % 8));
        }
    }

    /// @dev How many seats a juror has.
    function seatsOf(
        Panel storage panel,
        PanelState memory state,
        uint32 number
    ) internal view returns (uint8 count) {
        for (uint256 i = 0; i < state.seats; ++i) if (jurorAt(panel, state, i) == number) ++count;
    }

    /// @dev What a seat revealed; None if nothing.
    function vote(PanelState memory state, uint256 i) internal pure returns (Ruling) {
        return Ruling((state.votes >> (3 * i)) & 7);
    }

    /// @dev Whether a majority of the seats revealed.
    function quorate(PanelState memory state) internal pure returns (bool) {
        return 2 * uint256(state.reveals) > state.seats;
    }

    /// @dev The verdict of a majority of those who revealed. Without one: Undecided, and `decided` false.
    function outcome(PanelState memory state) internal pure returns (Ruling ruling, bool decided) {
        uint256[6] memory tally;
        for (uint256 i = 0; i < state.seats; ++i) ++tally[uint256(vote(state, i))];
        for (uint256 verdict = 1; verdict < tally.length; ++verdict) {
            if (2 * tally[verdict] > state.reveals) return (Ruling(verdict), true);
        }
        return (Ruling.Undecided, false);
    }
}
