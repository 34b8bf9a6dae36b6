// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../../contracts/market/interfaces/IMarketplace.sol";
import {Deployed} from "../Deployed.sol";
import {OffersHandler} from "./OffersHandler.sol";

/// @notice Random sequences of calls with offers; the handler holds each to the invariants 20 to 26 of `invariants.md`.
contract OffersTest {
    IMarketplace private marketplace;
    OffersHandler private handler;

    function setUp() external {
        marketplace = Deployed.marketplace();
        handler = new OffersHandler(marketplace, Deployed.offers(marketplace));
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev A sequence that signed offers has had some taken or refused: the model was asked.
    function afterInvariant() external view {
        require(
            handler.bookCount() == 0 || handler.allowed() + handler.refused() > 0,
            "20: something was tried"
        );
    }

    function invariant_nobody_pays_more_than_was_signed() external view {
        for (uint256 i = 0; i < handler.ACTORS(); ++i) {
            address who = handler.actor(i);
            require(
                marketplace.credit(who, address(0)) == handler.credit(who),
                "26: to the wei, what was signed was paid, and to whom it was due"
            );
        }
        for (uint256 b = 0; b < handler.bookCount(); ++b) {
            (uint256 spent, uint256 limit) = handler.spentOf(b);
            require(spent <= limit, "26: never more is spent than was signed");
        }
        require(address(handler.OFFERS()).balance == 0, "27: nothing stays in Offers");
    }
}
