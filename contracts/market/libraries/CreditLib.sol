// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Ledger} from "../types/Ledger.sol";

/// @notice Money that is owed and waits to be pulled. Nothing is ever pushed: a recipient that refuses blocks only itself.
library CreditLib {
    using CreditLib for Ledger;

    /// @dev Credit of this account is out of everybody's reach: nobody has its key.
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;

    function add(Ledger storage ledger, address account, address token, uint256 amount) internal {
        ledger.credits[account][token] += amount;
    }

    /// @dev Native coin that nobody gets.
    function burn(Ledger storage ledger, uint256 amount) internal {
        ledger.add(BURN, address(0), amount);
    }

    /// @dev Takes a part of it out of the books, for something else in them.
    function spend(Ledger storage ledger, address account, address token, uint256 amount) internal {
        uint256 credit = ledger.credits[account][token];
        // Check: there is so much.
        if (credit < amount) {
            revert IMarketplace.Marketplace_InsufficientCredit(account, token, credit, amount);
        }
        // Effect: it is no longer credit.
        ledger.credits[account][token] = credit - amount;
    }

    /// @dev Takes all of it out of the books; the caller sends it.
    function take(Ledger storage ledger, address account, address token) internal returns (uint256 amount) {
        amount = ledger.credits[account][token];
        // Check: there is something to withdraw.
        if (amount == 0) revert IMarketplace.Marketplace_NoCredit(account, token);
        // Effect: nothing is left of it.
        ledger.credits[account][token] = 0;
    }
}
