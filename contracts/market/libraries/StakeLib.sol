// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Account} from "../types/Account.sol";
import {Ledger} from "../types/Ledger.sol";
import {ReputationLib} from "./ReputationLib.sol";

/// @notice Stake: free, locked by batches, unbonding; and the record that comes with it.
library StakeLib {
    using ReputationLib for uint16;
    using SafeCast for uint256;

    function deposit(Ledger storage ledger, address owner, uint256 amount) internal {
        // Check: something was sent.
        if (amount == 0) revert IMarketplace.Marketplace_ZeroAmount();
        // Effect: free stake grows.
        Account storage account = ledger.accounts[owner];
        account.stake = (account.stake + amount).toUint96();
        emit IMarketplace.Deposited(owner, amount);
    }

    function unbond(Ledger storage ledger, address owner, uint96 amount, uint32 unbondingSeconds) internal {
        // Check: so much stake is free.
        if (amount == 0) revert IMarketplace.Marketplace_ZeroAmount();
        Account storage account = ledger.accounts[owner];
        _checkFree(owner, account.stake, account.locked, amount);
        // Effect: it leaves the stake, and the clock starts anew for all that unbonds.
        uint40 readyAt = uint40(block.timestamp) + unbondingSeconds;
        account.stake -= amount;
        account.unbonding += amount;
        account.unbondingReadyAt = readyAt;
        emit IMarketplace.Unbonded(owner, amount, readyAt);
    }

    function rebond(Ledger storage ledger, address owner, uint96 amount) internal {
        // Check: so much is unbonding.
        if (amount == 0) revert IMarketplace.Marketplace_ZeroAmount();
        Account storage account = ledger.accounts[owner];
        if (account.unbonding < amount) {
            revert IMarketplace.Marketplace_InsufficientUnbonding(owner, account.unbonding, amount);
        }
        // Effect: it is stake again.
        account.unbonding -= amount;
        account.stake += amount;
        emit IMarketplace.Rebonded(owner, amount);
    }

    /// @dev Takes what has unbonded out of the books; the caller sends it.
    function takeUnbonded(Ledger storage ledger, address owner) internal returns (uint256 amount) {
        Account storage account = ledger.accounts[owner];
        amount = account.unbonding;
        // Check: there is something, and its time has come.
        if (amount == 0) revert IMarketplace.Marketplace_ZeroAmount();
        if (block.timestamp < account.unbondingReadyAt) {
            revert IMarketplace.Marketplace_StillUnbonding(owner, account.unbondingReadyAt);
        }
        // Effect: nothing unbonds any more.
        account.unbonding = 0;
        account.unbondingReadyAt = 0;
    }

    /// @dev A claim makes `amount` of free stake liable, of a worker whose score is high enough.
    function lock(Ledger storage ledger, address owner, uint96 amount, uint16 minScore) internal {
        Account storage account = ledger.accounts[owner];
        (uint96 stake, uint96 locked, uint16 score) = (account.stake, account.locked, account.score);
        if (score < minScore) revert IMarketplace.Marketplace_ScoreTooLow(owner, score, minScore);
        _checkFree(owner, stake, locked, amount);
        unchecked {
            account.locked = locked + amount;
        }
    }

    /// @dev A batch given back for `fee` costs its part of the score too.
    function unlockReleased(
        Ledger storage ledger,
        address owner,
        uint96 amount,
        uint96 fee,
        uint256 heldSeconds,
        uint256 windowSeconds
    ) internal {
        _unlock(ledger, owner, amount, fee);
        Account storage account = ledger.accounts[owner];
        account.score = account.score.afterRelease(heldSeconds, windowSeconds);
    }

    function _unlock(Ledger storage ledger, address owner, uint96 amount, uint96 fee) private {
        Account storage account = ledger.accounts[owner];
        (account.stake, account.locked) = (account.stake - fee, account.locked - amount);
    }

    /// @dev A settled batch frees its stake and counts.
    function unlockSettled(Ledger storage ledger, address owner, uint96 amount) internal {
        Account storage account = ledger.accounts[owner];
        (uint96 locked, uint16 score, uint24 settled) = (
            account.locked,
            account.score,
            account.settledBatches
        );
        locked -= amount;
        if (settled != type(uint24).max) ++settled;
        (account.locked, account.score, account.settledBatches) = (locked, score.afterSettlement(), settled);
    }

    /// @dev An expired claim frees its stake but for the penalty, and counts.
    function unlockExpired(Ledger storage ledger, address owner, uint96 amount, uint96 penalty) internal {
        _unlock(ledger, owner, amount, penalty);
        Account storage account = ledger.accounts[owner];
        account.score = account.score.afterExpiry();
        if (account.expiredBatches != type(uint8).max) ++account.expiredBatches;
    }

    /// @dev A wrong result frees the batch's stake but for the slash, and counts.
    function unlockSlashed(Ledger storage ledger, address owner, uint96 amount, uint96 slashed) internal {
        _unlock(ledger, owner, amount, slashed);
        Account storage account = ledger.accounts[owner];
        account.score = account.score.afterSlash();
        if (account.slashedBatches != type(uint16).max) ++account.slashedBatches;
    }

    function _checkFree(address owner, uint96 stake, uint96 locked, uint96 needed) private pure {
        uint96 free;
        // No account locks more than it has.
        unchecked {
            free = stake - locked;
        }
        if (free < needed) revert IMarketplace.Marketplace_InsufficientStake(owner, free, needed);
    }
}
