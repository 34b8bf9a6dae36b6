// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IJuryArbiter} from "../interfaces/IJuryArbiter.sol";
import {Juror, JuryLedger, JuryParameters} from "../types/Jury.sol";
import {SumTree} from "./SumTree.sol";

/// @notice Juror stake: deposited, unbonding, slashed, and its weight in the draws.
library JurorLib {
    using SafeCast for uint256;
    using SumTree for SumTree.Tree;

    function deposit(
        JuryLedger storage ledger,
        address account,
        uint256 amount,
        JuryParameters memory p
    ) internal {
        // Check: something was sent.
        if (amount == 0) revert IJuryArbiter.JuryArbiter_ZeroAmount();
        uint32 number = ledger.numberOf[account];
        if (number == 0) number = _enrol(ledger, account);
        Juror storage juror = ledger.jurors[number];
        uint256 before = bonded(juror);
        // Check: a number is had for a ticket at least, or numbers would be free.
        if (before + amount < p.ticketWei) {
            revert IJuryArbiter.JuryArbiter_BelowTicket(account, before + amount, p.ticketWei);
        }
        // Effect: stake and weight grow.
        juror.stake = (juror.stake + amount).toUint96();
        _weigh(ledger, number, before, before + amount, p);
        emit IJuryArbiter.Deposited(account, number, amount);
    }

    function unbond(
        JuryLedger storage ledger,
        address account,
        uint96 amount,
        JuryParameters memory p
    ) internal {
        // Check: so much is not unbonding yet.
        if (amount == 0) revert IJuryArbiter.JuryArbiter_ZeroAmount();
        uint32 number = ledger.numberOf[account];
        Juror storage juror = ledger.jurors[number];
        uint256 before = bonded(juror);
        if (before < amount) revert IJuryArbiter.JuryArbiter_InsufficientStake(account, before, amount);
        // Effect: it weighs nothing any more, and the clock starts anew for all that unbonds.
        uint40 withdrawableAt = uint40(block.timestamp) + p.unbondingSeconds;
        juror.unbonding += amount;
        juror.withdrawableAt = withdrawableAt;
        _weigh(ledger, number, before, before - amount, p);
        emit IJuryArbiter.Unbonded(account, amount, withdrawableAt);
    }

    /// @dev Takes what has unbonded and is not locked out of the books; the caller sends it.
    function takeUnbonded(
        JuryLedger storage ledger,
        address account,
        uint256 ticketWei
    ) internal returns (uint256 amount) {
        uint32 number = ledger.numberOf[account];
        Juror storage juror = ledger.jurors[number];
        uint256 stake = juror.stake;
        uint256 locked = juror.seats * ticketWei;
        amount = juror.unbonding;
        // Check: there is something, its time has come, and no seat holds it.
        if (amount == 0) revert IJuryArbiter.JuryArbiter_NothingUnbonding(account);
        if (block.timestamp < juror.withdrawableAt) {
            revert IJuryArbiter.JuryArbiter_StillUnbonding(account, juror.withdrawableAt);
        }
        if (stake <= locked) revert IJuryArbiter.JuryArbiter_StakeLocked(account, stake, locked);
        if (amount > stake - locked) amount = stake - locked;
        // Effect: it is no longer stake.
        juror.stake -= uint96(amount);
        juror.unbonding -= uint96(amount);
        if (amount == stake) _dismiss(ledger, number, account);
    }

    /// @dev Takes all that an account earned out of the books; the caller sends it.
    function takeCredit(JuryLedger storage ledger, address account) internal returns (uint256 amount) {
        Juror storage juror = ledger.jurors[ledger.numberOf[account]];
        amount = ledger.credits[account] + juror.credit;
        // Check: there is something to withdraw.
        if (amount == 0) revert IJuryArbiter.JuryArbiter_NoCredit(account);
        // Effect: nothing is left of it.
        delete ledger.credits[account];
        juror.credit = 0;
    }

    /// @dev A seat's end for a juror that has to pay for it.
    function slash(
        JuryLedger storage ledger,
        uint32 number,
        uint256 penalty,
        JuryParameters memory p
    ) internal returns (uint256 amount) {
        Juror storage juror = ledger.jurors[number];
        uint96 stake = juror.stake;
        uint256 before = bonded(juror);
        // A juror on more panels than it has tickets may have nothing left to lose.
        amount = penalty < stake ? penalty : stake;
        stake -= uint96(amount);
        (juror.stake, juror.seats) = (stake, juror.seats - 1);
        if (juror.unbonding > stake) juror.unbonding = stake;
        _weigh(ledger, number, before, bonded(juror), p);
        // A number passes on only when its weight has left every draw: see `_dismiss`.
        uint40 withdrawableAt = uint40(block.timestamp) + 2 * p.epochSeconds;
        if (juror.withdrawableAt < withdrawableAt) juror.withdrawableAt = withdrawableAt;
    }

    /// @dev What counts in draws, in wei.
    function bonded(Juror storage juror) internal view returns (uint256) {
        return juror.stake - juror.unbonding;
    }

    /// @dev Gives the account a number: one that was given back, or a new one.
    function _enrol(JuryLedger storage ledger, address account) private returns (uint32 number) {
        number = ledger.freed;
        if (number == 0) {
            number = ledger.tree.append();
        } else {
            ledger.freed = ledger.nextFreed[number];
        }
        ledger.numberOf[account] = number;
        ledger.jurors[number].owner = account;
    }

    /// @dev Nothing is staked, so nothing is locked: a locked stake cannot be withdrawn. The number's weight has been zero since
    /// two epochs at least (every loss of weight put off `withdrawableAt` by as much), so no draw can still find it, and the
    /// next owner is not drawn for this one's stake.
    function _dismiss(JuryLedger storage ledger, uint32 number, address account) private {
        ledger.credits[account] += ledger.jurors[number].credit;
        delete ledger.jurors[number];
        delete ledger.numberOf[account];
        (ledger.nextFreed[number], ledger.freed) = (ledger.freed, number);
        emit IJuryArbiter.JurorLeft(account, number);
    }

    function _weigh(
        JuryLedger storage ledger,
        uint32 number,
        uint256 from,
        uint256 to,
        JuryParameters memory p
    ) private {
        (from, to) = (from / p.ticketWei, to / p.ticketWei);
        if (from != to) ledger.tree.update(number, from, to, block.timestamp / p.epochSeconds);
    }
}
