// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../../../contracts/jury/interfaces/IJuryArbiter.sol";
import {IArbiter} from "../../../contracts/shared/interfaces/IArbiter.sol";
import {IRandomness} from "../../../contracts/randomness/interfaces/IRandomness.sol";
import {Ruling} from "../../../contracts/shared/types/Dispute.sol";
import {JurorView, PanelView, Stage, Standing} from "../../../contracts/jury/types/Jury.sol";
import {vm} from "../Vm.sol";
import {HarnessMarketplace} from "./HarnessMarketplace.sol";
import {JuryWitness} from "./JuryWitness.sol";
import {ManualRandomness} from "./ManualRandomness.sol";

/// @notice What the fuzzer plays with. Every function but {anything} does what is allowed, or nothing: here a revert is a fault of
/// the jury. {anything} tries what comes, allowed or not.
contract JuryHandler is JuryWitness {
    constructor(
        IJuryArbiter jury,
        ManualRandomness randomness,
        HarnessMarketplace marketplace
    ) JuryWitness(jury, randomness, marketplace) {}

    // ─── What is allowed succeeds ────────────────────────────────────────────────────────────────────────────────────────

    function pass(uint256 seconds_) external witnessed {
        now_ += 1 + (seconds_ % 20 minutes);
        vm.warp(now_);
        _enterEpoch();
    }

    /// @dev Time up to the end of some dispute's stage, to the second.
    function passStage(uint256 which) external witnessed {
        if (disputes.length == 0) return;
        uint256 i = which % disputes.length;
        uint256 endsAt = JURY.standing(ids[i]).endsAt;
        if (endsAt <= now_) return;
        now_ = endsAt;
        vm.warp(now_);
        _enterEpoch();
    }

    function deposit(uint256 who, uint256 amount) external witnessed {
        _deposit(actor(who % STAKERS), TICKET_WEI + (amount % (3 * TICKET_WEI)));
    }

    function unbond(uint256 who, uint256 amount) external witnessed {
        address account = actor(who % STAKERS);
        JurorView memory juror = JURY.juror(account);
        uint96 bonded = juror.stake - juror.unbonding;
        if (bonded == 0) return;
        vm.prank(account);
        JURY.unbond(who % 2 == 0 ? bonded : uint96(1 + (amount % bonded)));
    }

    function withdrawStake(uint256 who) external witnessed keepsLocked(actor(who % STAKERS)) {
        address account = actor(who % STAKERS);
        JurorView memory juror = JURY.juror(account);
        if (juror.unbonding == 0 || now_ < juror.withdrawableAt) return;
        if (juror.stake <= juror.seats * TICKET_WEI) return;
        vm.prank(account);
        JURY.withdrawStake(payable(account));
    }

    function withdraw(uint256 who) external witnessed {
        address account = actor(who);
        if (JURY.credit(account) == 0) return;
        vm.prank(account);
        JURY.withdraw(payable(account));
    }

    function open(uint256 seed) external witnessed {
        if (disputes.length < MAX_DISPUTES) _open(seed);
    }

    /// @dev Takes most disputes on, each by the step that is due; most jurors do their part.
    function hear(uint256 who, uint256 which, uint256 absent) external witnessed {
        for (uint256 i = 0; i < disputes.length; ++i) {
            if ((which >> (8 * i)) % 4 == 0) continue;
            Standing memory s = JURY.standing(ids[i]);
            if (s.stage == Stage.Drawing) _draw(actor(who), i, s);
            if (s.stage == Stage.Committing) _commitAll(i, s, absent >> (24 * i));
            if (s.stage == Stage.Revealing) _revealAll(i, s, absent >> (24 * i));
            if (s.stage == Stage.Stalled) _advance(actor(who), i);
            if (s.stage == Stage.Final) _settle(actor(who), i);
        }
    }

    /// @dev A jury drawn by one of its own, where there is one.
    function drawAndCommit(uint256 which, bytes32 value) external witnessed {
        (bool found, uint256 i) = _find(which, Stage.Drawing);
        if (!found || !_makeKnown(i, value)) return;
        uint32[] memory jurors = JURY.draw(disputes[i], "");
        Standing memory s = JURY.standing(ids[i]);
        if (jurors.length == 0) return;
        address juror = JURY.jurorAt(jurors[which % jurors.length]);
        bytes32 commitment = JURY.commitmentOf(_verdict(i, juror), _salt(i), juror, ids[i], s.panel);
        vm.prank(juror);
        JURY.drawAndCommit(disputes[i], "", s.panel, commitment);
    }

    /// @dev Randomness that can no longer be read, and is asked for anew.
    function lose(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 i) = _find(which, Stage.Drawing);
        if (!found || which % 4 != 0) return;
        Standing memory s = JURY.standing(ids[i]);
        RANDOMNESS.lose(s.randomness);
        if (s.requests < 3) _advance(actor(who), i);
    }

    function appeal(uint256 who, uint256 which) external witnessed {
        (bool found, uint256 i) = _find(which, Stage.Appealable);
        if (!found) return;
        uint256 fee = JURY.appealFee();
        Ruling expected = JURY.standing(ids[i]).ruling;
        vm.deal(actor(who), actor(who).balance + fee);
        vm.prank(actor(who));
        JURY.appeal{value: fee}(ids[i], expected);
    }

    function _draw(address caller, uint256 i, Standing memory s) private {
        if (!_makeKnown(i, keccak256(abi.encode(i, s.randomness)))) return;
        vm.prank(caller);
        JURY.draw(disputes[i], "");
    }

    function _commitAll(uint256 i, Standing memory s, uint256 absent) private {
        PanelView memory panel = JURY.panel(ids[i], s.panel);
        for (uint256 k = 0; k < panel.jurors.length; ++k) {
            if (!_isFirst(panel, k) || panel.committed[k] || _isAbsent(absent, k)) continue;
            _commit(i, s.panel, panel.jurors[k]);
        }
    }

    function _revealAll(uint256 i, Standing memory s, uint256 absent) private {
        PanelView memory panel = JURY.panel(ids[i], s.panel);
        for (uint256 k = 0; k < panel.jurors.length; ++k) {
            if (!_isFirst(panel, k) || !panel.committed[k] || _isAbsent(absent, k)) continue;
            if (panel.verdicts[k] != Ruling.None) continue;
            address juror = panel.jurors[k];
            vm.prank(juror);
            JURY.reveal(ids[i], s.panel, _verdict(i, juror), _salt(i));
        }
    }

    /// @dev A juror acts once for all of its seats.
    function _isFirst(PanelView memory panel, uint256 seat) private pure returns (bool) {
        for (uint256 k = 0; k < seat; ++k) if (panel.jurors[k] == panel.jurors[seat]) return false;
        return true;
    }

    function _advance(address caller, uint256 i) private {
        vm.prank(caller);
        JURY.advance(ids[i]);
    }

    function _settle(address caller, uint256 i) private {
        vm.prank(caller);
        JURY.settle(disputes[i]);
    }

    /// @dev One juror in eight, and in one panel of eight nearly all.
    function _isAbsent(uint256 absent, uint256 seat) private pure returns (bool) {
        if (absent % 8 == 0) return (absent >> (3 * seat + 3)) % 8 != 0;
        return (absent >> (3 * seat + 3)) % 8 == 0;
    }

    // ─── What is not allowed changes nothing ─────────────────────────────────────────────────────────────────────────────

    /// @dev A call that is well-formed and no more: about any dispute, at any time, of anybody or of a juror of its panel.
    function anything(uint256 who, uint256 what, uint256 which, uint256 amount) external witnessed {
        if (disputes.length == 0) return;
        uint256 i = which % disputes.length;
        uint8 panel = JURY.standing(ids[i]).panel;
        if ((which >> 8) % 4 == 0) panel = uint8((which >> 16) % 5);
        address caller = _caller(who, i, panel);
        bytes32 commitment = JURY.commitmentOf(_verdict(i, caller), _salt(i), caller, ids[i], panel);
        bytes[13] memory calls = [
            abi.encodeCall(IJuryArbiter.unbond, (uint96(amount % (4 * TICKET_WEI)))),
            abi.encodeCall(IJuryArbiter.withdrawStake, (payable(caller))),
            abi.encodeCall(IJuryArbiter.withdraw, (payable(caller))),
            abi.encodeCall(IJuryArbiter.draw, (disputes[i], "")),
            abi.encodeCall(IJuryArbiter.commit, (ids[i], panel, commitment)),
            abi.encodeCall(IJuryArbiter.drawAndCommit, (disputes[i], "", panel, commitment)),
            abi.encodeCall(IJuryArbiter.reveal, (ids[i], panel, _verdict(i, caller), _salt(i))),
            abi.encodeCall(IJuryArbiter.reveal, (ids[i], panel, Ruling(1 + (amount % 4)), bytes32(amount))),
            abi.encodeCall(IJuryArbiter.advance, (ids[i])),
            abi.encodeCall(IJuryArbiter.settle, (disputes[i])),
            abi.encodeCall(IJuryArbiter.appeal, (ids[i], Ruling(1 + (amount % 4)))),
            abi.encodeCall(IJuryArbiter.deposit, ()),
            abi.encodeCall(IArbiter.open, (_invent(amount)))
        ];
        uint256 value = 0;
        if (what % 13 == 10) value = JURY.appealFee();
        if (what % 13 == 11) value = amount % TICKET_WEI;
        if (what % 13 == 12) value = JURY.fee();
        vm.deal(caller, caller.balance + value);
        bool ok = _try(caller, value, calls[what % 13]);
        require(what % 13 != 12 || !ok, "10: only the marketplace opens");
    }

    function _try(
        address caller,
        uint256 value,
        bytes memory data
    ) private keepsLocked(caller) returns (bool ok) {
        vm.prank(caller);
        (ok, ) = address(JURY).call{value: value}(data);
        if (ok) ++allowed;
    }

    /// How many calls of {anything} went through.
    uint256 public allowed;

    function _caller(uint256 who, uint256 i, uint8 panel) private view returns (address) {
        address[] memory jurors = JURY.panel(ids[i], panel).jurors;
        if (jurors.length == 0 || who % 2 == 0) return actor(who >> 8);
        address juror = jurors[(who >> 8) % jurors.length];
        // After settlement a number may be nobody's.
        return juror == address(0) ? actor(who >> 8) : juror;
    }

    /// @dev Makes the randomness of a dispute known; false if it is lost.
    function _makeKnown(uint256 i, bytes32 value) private returns (bool) {
        uint64 id = JURY.standing(ids[i]).randomness;
        IRandomness.Status status = RANDOMNESS.status(id);
        if (status == IRandomness.Status.Pending) RANDOMNESS.fulfil(id, value);
        return status != IRandomness.Status.Lost;
    }

    function _commit(uint256 i, uint8 panel, address juror) private {
        bytes32 commitment = JURY.commitmentOf(_verdict(i, juror), _salt(i), juror, ids[i], panel);
        vm.prank(juror);
        JURY.commit(ids[i], panel, commitment);
    }

    /// @dev Two of three see the truth.
    function _verdict(uint256 i, address juror) private pure returns (Ruling) {
        uint256 mind = uint256(keccak256(abi.encode(i, juror)));
        return mind % 3 == 0 ? Ruling(1 + ((mind >> 8) % 4)) : Ruling(1 + (i % 4));
    }

    function _salt(uint256 i) private pure returns (bytes32) {
        return keccak256(abi.encode("salt", i));
    }
}
