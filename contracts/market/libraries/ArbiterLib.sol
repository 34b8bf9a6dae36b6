// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IArbiter} from "../../shared/interfaces/IArbiter.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {DisputeId, Ruling} from "../../shared/types/Dispute.sol";

/// @notice Asks an arbiter, which may be anybody's code.
library ArbiterLib {
    /// @dev What `IArbiter.ruling` may use. A limit, so that an arbiter that burns all gas cannot keep a batch for ever.
    uint256 internal constant RULING_GAS = 200_000;
    /// @dev With this much left, the EVM's 63/64 rule still gives the arbiter the whole of `RULING_GAS`. Without this check, a caller
    /// could starve the arbiter of gas and pass off its silence as undecided.
    uint256 internal constant NEEDED_GAS = 210_000;

    /// @return ruling What the arbiter says; none when it reverts, or says what is no ruling.
    function ask(address arbiter, DisputeId id) internal view returns (Ruling ruling) {
        if (gasleft() < NEEDED_GAS) revert IMarketplace.Marketplace_TooLittleGas(gasleft(), NEEDED_GAS);
        bytes memory question = abi.encodeCall(IArbiter.ruling, (id));
        uint256 answer;
        assembly ("memory-safe") {
            mstore(0, 0)
            // One word is all that is copied, however much comes back.
            if staticcall(RULING_GAS, arbiter, add(question, 32), mload(question), 0, 32) {
                if gt(returndatasize(), 31) {
                    answer := mload(0)
                }
            }
        }
        return answer > uint256(type(Ruling).max) ? Ruling.None : Ruling(answer);
    }
}
