// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Ledger} from "../types/Ledger.sol";

/// @notice Money that is owed and waits to be pulled. Nothing is ever pushed: a recipient that refuses blocks only itself.
library CreditLib {
    function add(Ledger storage ledger, address account, address token, uint256 amount) internal {
        ledger.credits[account][token] += amount;
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
