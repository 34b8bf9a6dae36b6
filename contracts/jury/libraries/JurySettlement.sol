// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../interfaces/IJuryArbiter.sol";
import {DisputeId, Ruling} from "../../shared/types/Dispute.sol";
import {Case, Juror, JuryLedger, JuryParameters, Panel, PanelState, Stage, Standing} from "../types/Jury.sol";
import {CaseLib} from "./CaseLib.sol";
import {JurorLib} from "./JurorLib.sol";
import {JuryBounds} from "./JuryBounds.sol";
import {PanelLib} from "./PanelLib.sol";

/// @notice Shares out what a dispute brought in: the fees of its panels and the slashes of its jurors.
///
/// - A seat that revealed nothing pays the no-show slash. If a majority stands behind the ruling, a seat that revealed another verdict
///   pays the minority slash. All other seats that revealed are coherent.
/// - An appellant whose appeal overturned the ruling is repaid first, out of the slashes.
/// - The rest of the slashes and the fees go to the coherent seats in equal parts, the undivided rest to the first of them.
/// - What nobody is there to earn is burned, fees included: a dispute that nobody judged is not free to whoever opened it.
library JurySettlement {
    using CaseLib for Case;
    using JurorLib for JuryLedger;
    using PanelLib for *;

    /// @dev Nobody can pull what is credited to it.
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;

    function settle(JuryLedger storage ledger, DisputeId id, JuryParameters memory p) internal {
        Case storage self = ledger.cases[id];
        // Check: the ruling is final, and nobody is paid yet.
        Standing memory s = self.standing(p);
        if (s.stage != Stage.Final) {
            revert IJuryArbiter.JuryArbiter_WrongStage(id, s.stage, Stage.Final);
        }

        // Effect: it is settled for ever; slashes come in, and go out.
        self.state.ruling = s.ruling;
        (uint32[] memory coherent, uint256 pot) = _slash(ledger, self, s, id, p);
        uint256 repaid;
        if (s.panel >= CaseLib.APPEAL) {
            uint256 appealFee = (2 * uint256(p.jurySize) + 1) * p.seatFeeWei;
            if (self.overturned(s.ruling)) {
                repaid = pot < appealFee ? pot : appealFee;
                pot -= repaid;
                ledger.credits[s.appellant] += repaid;
            }
            pot += appealFee;
        }
        pot += uint256(p.jurySize) * p.seatFeeWei;
        uint256 share;
        uint256 burned;
        if (coherent.length == 0) {
            ledger.credits[BURN] += pot;
            burned = pot;
        } else {
            share = _pay(ledger, coherent, pot);
        }
        emit IJuryArbiter.DisputeSettled(id, s.ruling, coherent.length, share, repaid, burned);
    }

    /// @return coherent The jurors of the coherent seats, whose seats are still to be ended.
    /// @return pot What the others lost, in wei.
    function _slash(
        JuryLedger storage ledger,
        Case storage self,
        Standing memory s,
        DisputeId id,
        JuryParameters memory p
    ) private returns (uint32[] memory coherent, uint256 pot) {
        coherent = new uint32[](2 * (3 * uint256(p.jurySize) + 1));
        uint256 count;
        for (uint8 index = 0; index <= s.panel; ++index) {
            Panel storage panel = self.panels[index];
            PanelState memory state = panel.state;
            for (uint256 i = 0; i < state.seats; ++i) {
                uint32 number = panel.jurorAt(state, i);
                Ruling vote = state.vote(i);
                uint256 bps = p.noShowSlashBps;
                if (vote != Ruling.None) {
                    if (vote == s.ruling || !s.decided) {
                        coherent[count++] = number;
                        continue;
                    }
                    bps = p.minoritySlashBps;
                }
                uint256 amount = ledger.slash(number, (p.ticketWei * bps) / JuryBounds.BPS, p);
                pot += amount;
                emit IJuryArbiter.JurorSlashed(id, number, amount);
            }
        }
        assembly ("memory-safe") {
            mstore(coherent, count)
        }
    }

    function _pay(
        JuryLedger storage ledger,
        uint32[] memory coherent,
        uint256 pot
    ) private returns (uint256 share) {
        share = pot / coherent.length;
        uint256 rest = pot % coherent.length;
        for (uint256 i = 0; i < coherent.length; ++i) {
            Juror storage juror = ledger.jurors[coherent[i]];
            (juror.credit, juror.seats) = (juror.credit + uint96(share + rest), juror.seats - 1);
            rest = 0;
        }
    }
}
