// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {JuryParameters} from "../../contracts/jury/types/Jury.sol";
import {IJuryArbiter} from "../../contracts/jury/interfaces/IJuryArbiter.sol";
import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {IOffers} from "../../contracts/offers/interfaces/IOffers.sol";
import {LocalRules} from "./LocalRules.sol";
import {vm} from "./Vm.sol";

/// @notice The contracts that the fuzzer plays with: what the build made of them and users deploy, not compiled a second time into each
/// test.
library Deployed {
    function marketplace() internal returns (IMarketplace) {
        return
            IMarketplace(
                _create("contracts/market/Marketplace.sol:Marketplace", abi.encode(LocalRules.parameters()))
            );
    }

    function offers(IMarketplace market) internal returns (IOffers) {
        return IOffers(_create("contracts/offers/Offers.sol:Offers", abi.encode(market)));
    }

    function juryArbiter(JuryParameters memory parameters) internal returns (IJuryArbiter) {
        return IJuryArbiter(_create("contracts/jury/JuryArbiter.sol:JuryArbiter", abi.encode(parameters)));
    }

    function _create(string memory artifact, bytes memory parameters) private returns (address created) {
        bytes memory code = bytes.concat(vm.getCode(artifact), parameters);
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        require(created != address(0), artifact);
    }
}
