// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../../contracts/market/interfaces/IMarketplace.sol";
import {IOffers} from "../../../contracts/offers/interfaces/IOffers.sol";
import {Deployed} from "../Deployed.sol";
import {AwardsHandler} from "./AwardsHandler.sol";

/// @notice Random sequences of calls with awards and bonds; the handler holds each to the invariants 28 to 31 of `invariants.md`.
contract AwardsTest {
    IMarketplace private marketplace;
    AwardsHandler private handler;

    function setUp() external {
        marketplace = Deployed.marketplace();
        handler = new AwardsHandler(marketplace, Deployed.offers(marketplace));
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev A sequence that made offers has had some calls taken or refused: the model was asked.
    function afterInvariant() external view {
        require(!handler.isIdle(), "28: something was tried");
    }

    function invariant_every_wei_of_a_bond_is_somebodys_or_held() external view {
        IOffers offers = handler.OFFERS();
        uint256 free = 0;
        for (uint256 i = 0; i < handler.ACTORS(); ++i) {
            address who = handler.actor(i);
            require(
                marketplace.credit(who, address(0)) == handler.credit(who),
                "26: to the wei, what was signed was paid, and to whom it was due"
            );
            require(offers.bondOf(who) == handler.bonds(who), "31: a bond is whose it was");
            free += handler.bonds(who);
        }
        require(address(offers).balance == free + handler.held(), "31: a lost bond is nobody's gain");
        require(handler.keepsLimits(), "26: never more is spent than was signed");
    }
}
