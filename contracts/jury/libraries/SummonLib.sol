// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../interfaces/IJuryArbiter.sol";
import {IRandomness} from "../../randomness/interfaces/IRandomness.sol";
import {Dispute, DisputeId} from "../../shared/types/Dispute.sol";
import {Case, CaseState, JuryLedger, JuryParameters, Panel, Stage, Standing} from "../types/Jury.sol";
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
        DisputeId id,
        CaseState memory state,
        JuryParameters memory p
    ) internal {
        (state.requestedAt, state.randomness) = (uint40(block.timestamp), p.randomness.request());
        self.state = state;
        uint40 lapsesAt = state.requestedAt + p.epochSeconds;
        emit IJuryArbiter.DrawRequested(id, state.panel, state.randomness, lapsesAt);
    }

    /// @dev Nobody has to come up for the parties' sake: whatever is overdue, anybody can move on.
    function advance(Case storage self, DisputeId id, JuryParameters memory p) internal {
        Standing memory s = self.standing(p);
        bool drawn = self.panels[s.panel].state.commitEndsAt != 0;
        bool again = !drawn && s.requests < CaseLib.MAX_REQUESTS;
        // Check: the draw is overdue, or can no longer be executed, or the panel did not come together.
        if (s.stage != Stage.Stalled && !(again && s.stage == Stage.Drawing && _lost(s, p))) {
            revert IJuryArbiter.JuryArbiter_NothingToAdvance(id, s.stage);
        }
        // Effect: new randomness for this panel, or for the one that replaces it.
        CaseState memory state;
        (state.panel, state.requests) = again ? (s.panel, s.requests + 1) : (s.panel + 1, 1);
        request(self, id, state, p);
    }

    function _lost(Standing memory s, JuryParameters memory p) private view returns (bool) {
        return p.randomness.status(s.randomness) == IRandomness.Status.Lost;
    }

    function draw(
        JuryLedger storage ledger,
        Case storage self,
        DisputeId id,
        Dispute calldata dispute,
        bytes calldata proof,
        JuryParameters memory p
    ) internal returns (uint32[] memory jurors) {
        // Check: a panel waits for its draw, and the stakes that it goes by are still known.
        Standing memory s = self.standing(p);
        if (s.stage != Stage.Drawing) {
            revert IJuryArbiter.JuryArbiter_WrongStage(id, s.stage, Stage.Drawing);
        }
        // Interaction: a view of the source, which reverts while the randomness is not known.
        bytes32 randomness = p.randomness.read(s.randomness, proof);

        // Effect: the jurors are seated, and a ticket of each is locked.
        jurors = ledger.tree.draw(
            parties(ledger, dispute.requester, dispute.worker, dispute.challenger),
            s.panel < CaseLib.APPEAL ? p.jurySize : 2 * p.jurySize + 1,
            keccak256(abi.encode(randomness, id, s.panel)),
            s.requestedAt / p.epochSeconds
        );
        for (uint256 i = 0; i < jurors.length; ++i) ++ledger.jurors[jurors[i]].seats;
        uint40 commitEndsAt = self.panels[s.panel].seat(jurors, p);
        emit IJuryArbiter.JuryDrawn(id, s.panel, jurors, commitEndsAt);
    }

    /// @dev The parties, whose own case it is. Nobody else: jurors of an earlier panel may be drawn again, and so may the appellant,
    /// or stake in few accounts would weigh less than the same in many.
    function parties(
        JuryLedger storage ledger,
        address requester,
        address worker,
        address challenger
    ) internal view returns (uint32[3] memory numbers) {
        numbers[0] = ledger.numberOf[requester];
        numbers[1] = ledger.numberOf[worker];
        numbers[2] = ledger.numberOf[challenger];
    }
}
