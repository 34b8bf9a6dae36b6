// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../interfaces/IJuryArbiter.sol";
import {IRandomness} from "../../randomness/interfaces/IRandomness.sol";
import {Dispute, DisputeId} from "../../shared/types/Dispute.sol";
import {
    Case,
    CaseState,
    JuryLedger,
    JuryParameters,
    Panel,
    PanelState,
    Stage,
    Standing
} from "../types/Jury.sol";
import {CaseLib} from "./CaseLib.sol";
import {JuryDraw} from "./JuryDraw.sol";
import {PanelLib} from "./PanelLib.sol";
import {SumTree} from "./SumTree.sol";

/// @notice Asks for the randomness of a panel, and draws it.
library SummonLib {
    using CaseLib for Case;
    using JuryDraw for SumTree.Tree;
    using PanelLib for Panel;

    /// @dev The stakes that this draw goes by are those at the start of the current epoch: fixed already, whatever anybody does
    /// from now on, while the randomness is not.
    function request(
        Case storage self,
        address arbitrable,
        DisputeId id,
        CaseState memory state,
        JuryParameters memory p
    ) internal {
        (state.requestedAt, state.randomness) = (uint40(block.timestamp), p.randomness.request());
        self.state = state;
        uint40 lapsesAt = state.requestedAt + p.epochSeconds;
        emit IJuryArbiter.DrawRequested(arbitrable, id, state.panel, state.randomness, lapsesAt);
    }

    /// @dev Nobody has to come up for the parties' sake: whatever is overdue, anybody can move on.
    function advance(Case storage self, address arbitrable, DisputeId id, JuryParameters memory p) internal {
        Standing memory s = self.standing(p);
        bool drawn = self.panels[s.panel].state.commitEndsAt != 0;
        bool again = !drawn && s.requests < CaseLib.MAX_REQUESTS;
        // Check: the draw is overdue, or can no longer be executed, or the panel did not come together.
        if (s.stage != Stage.Stalled && !(again && s.stage == Stage.Drawing && _lost(s, p))) {
            revert IJuryArbiter.JuryArbiter_NothingToAdvance(arbitrable, id, s.stage);
        }
        // Effect: new randomness for this panel, or for the one that replaces it.
        CaseState memory state;
        (state.panel, state.requests) = again ? (s.panel, s.requests + 1) : (s.panel + 1, 1);
        request(self, arbitrable, id, state, p);
    }

    function _lost(Standing memory s, JuryParameters memory p) private view returns (bool) {
        return p.randomness.status(s.randomness) == IRandomness.Status.Lost;
    }

    function draw(
        JuryLedger storage ledger,
        Case storage self,
        address arbitrable,
        DisputeId id,
        Dispute calldata dispute,
        bytes calldata proof,
        JuryParameters memory p
    ) internal returns (uint32[] memory jurors) {
        // Check: a panel waits for its draw, and the stakes that it goes by are still known.
        Standing memory s = self.standing(p);
        if (s.stage != Stage.Drawing) {
            revert IJuryArbiter.JuryArbiter_WrongStage(arbitrable, id, s.stage, Stage.Drawing);
        }
        // Interaction: a view of the source, which reverts while the randomness is not known.
        bytes32 randomness = p.randomness.read(s.randomness, proof);

        // Effect: the jurors are seated, and a ticket of each is locked.
        jurors = ledger.tree.draw(
            _excluded(ledger, self, s, dispute, p),
            s.panel < CaseLib.APPEAL ? p.jurySize : 2 * p.jurySize + 1,
            keccak256(abi.encode(randomness, arbitrable, id, s.panel)),
            s.requestedAt / p.epochSeconds
        );
        for (uint256 i = 0; i < jurors.length; ++i) ++ledger.jurors[jurors[i]].seats;
        uint40 commitEndsAt = self.panels[s.panel].seat(jurors, p);
        emit IJuryArbiter.JuryDrawn(arbitrable, id, s.panel, jurors, commitEndsAt);
    }

    /// @dev Whoever has something to win: the parties, who paid for the appeal, and jurors whose own verdict is judged by this
    /// panel's, or who did not show up.
    function _excluded(
        JuryLedger storage ledger,
        Case storage self,
        Standing memory s,
        Dispute calldata dispute,
        JuryParameters memory p
    ) private view returns (uint32[] memory numbers) {
        numbers = new uint32[](4 + s.panel * (2 * uint256(p.jurySize) + 1));
        numbers[0] = ledger.numberOf[dispute.requester];
        numbers[1] = ledger.numberOf[dispute.worker];
        numbers[2] = ledger.numberOf[dispute.challenger];
        if (s.appellant != address(0)) numbers[3] = ledger.numberOf[s.appellant];
        uint256 count = 4;
        for (uint8 index = 0; index < s.panel; ++index) {
            Panel storage panel = self.panels[index];
            PanelState memory state = panel.state;
            for (uint256 i = 0; i < state.seats; ++i) numbers[count++] = panel.jurorAt(state, i);
        }
    }
}
