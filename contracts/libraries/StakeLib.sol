// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Account} from "../types/Account.sol";
import {Ledger} from "../types/Ledger.sol";

/// @notice Stake: free, locked by batches, unbonding.
library StakeLib {
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

    /// @dev A claim makes `amount` of free stake liable.
    function lock(Ledger storage ledger, address owner, uint96 amount) internal {
        Account storage account = ledger.accounts[owner];
        (uint96 stake, uint96 locked) = (account.stake, account.locked);
        _checkFree(owner, stake, locked, amount);
        account.locked = locked + amount;
    }

    /// @dev A settled batch frees its stake and counts.
    function release(Ledger storage ledger, address owner, uint96 amount) internal {
        Account storage account = ledger.accounts[owner];
        (uint96 locked, uint32 settled) = (account.locked, account.settledBatches);
        if (settled != type(uint32).max) ++settled;
        (account.locked, account.settledBatches) = (locked - amount, settled);
    }

    /// @dev An expired claim frees its stake but for the penalty, and counts.
    function penalise(Ledger storage ledger, address owner, uint96 amount, uint96 penalty) internal {
        Account storage account = ledger.accounts[owner];
        account.locked -= amount;
        account.stake -= penalty;
        if (account.expiredBatches != type(uint32).max) ++account.expiredBatches;
    }

    function _checkFree(address owner, uint96 stake, uint96 locked, uint96 needed) private pure {
        uint96 free = stake - locked;
        if (free < needed) revert IMarketplace.Marketplace_InsufficientStake(owner, free, needed);
    }
}
