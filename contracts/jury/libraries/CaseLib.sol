// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ruling} from "../../shared/types/Dispute.sol";
import {Case, CaseState, JuryParameters, PanelState, Stage, Standing} from "../types/Jury.sol";
import {PanelLib} from "./PanelLib.sol";

/// @notice Where a dispute stands. It follows from what is stored and from the time, so that nobody has to say that a window is
/// over.
library CaseLib {
    using PanelLib for PanelState;

    /// @dev How often randomness is asked for, for one panel. Each time costs whoever does not want the jury that came up a
    /// whole epoch in which nobody at all executes the draw.
    uint8 internal constant MAX_REQUESTS = 3;

    /// @dev The panel that an appeal asks for; those before are the first and its replacement.
    uint8 internal constant APPEAL = 2;

    function standing(Case storage self, JuryParameters memory p) internal view returns (Standing memory s) {
        CaseState memory state = self.state;
        if (state.requestedAt == 0) return s;
        (s.panel, s.requests) = (state.panel, state.requests);
        (s.randomness, s.requestedAt) = (state.randomness, state.requestedAt);
        if (state.panel >= APPEAL) s.appellant = self.appellant;

        PanelState memory panel = self.panels[state.panel].state;
        (s.stage, s.endsAt) = _stage(state, panel, p);
        if (s.stage != Stage.Final) return s;

        uint40 closedAt = s.endsAt;
        s.endsAt = 0;
        bool first = state.panel % 2 == 0;
        if (first && !panel.quorate()) {
            s.stage = Stage.Stalled;
            return s;
        }
        (s.ruling, s.decided) = _ruling(self, state.panel);
        if (state.panel < APPEAL && block.timestamp < closedAt + p.appealSeconds) {
            (s.stage, s.endsAt) = (Stage.Appealable, closedAt + p.appealSeconds);
        } else if (state.ruling != Ruling.None) {
            s.stage = Stage.Settled;
        }
    }

    /// @dev Whether the first two panels, before an appeal, said something else.
    function overturned(Case storage self, Ruling final_) internal view returns (bool) {
        (Ruling first, ) = _ruling(self, APPEAL - 1);
        return first != final_;
    }

    /// @dev Where the current panel stands, and until when; `Final` and since when, if it is closed.
    function _stage(
        CaseState memory state,
        PanelState memory panel,
        JuryParameters memory p
    ) private view returns (Stage, uint40) {
        if (panel.commitEndsAt == 0) {
            uint40 lapsesAt = state.requestedAt + p.epochSeconds;
            if (block.timestamp < lapsesAt) return (Stage.Drawing, lapsesAt);
            if (state.requests < MAX_REQUESTS) return (Stage.Stalled, 0);
            return (Stage.Final, lapsesAt);
        }
        if (block.timestamp < panel.commitEndsAt) return (Stage.Committing, panel.commitEndsAt);
        if (block.timestamp < panel.revealEndsAt) return (Stage.Revealing, panel.revealEndsAt);
        return (Stage.Final, panel.revealEndsAt);
    }

    /// @dev What the panels up to `last` say together: an appeal that ends without a majority changes nothing.
    function _ruling(Case storage self, uint8 last) private view returns (Ruling ruling, bool decided) {
        ruling = Ruling.Undecided;
        for (uint8 i = 0; i <= last; ++i) {
            PanelState memory panel = self.panels[i].state;
            if (!panel.quorate()) continue;
            (Ruling outcome, bool majority) = panel.outcome();
            if (majority) (ruling, decided) = (outcome, true);
        }
    }
}
