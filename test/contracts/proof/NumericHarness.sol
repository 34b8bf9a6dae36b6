// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Instructions} from "../../../contracts/proof/libraries/Instructions.sol";

/// @notice Makes the machine's numeric instructions callable, many at a time.
contract NumericHarness {
    /// @return results Of each pair of operands; all ones where the instruction traps.
    function operate(
        uint256 opcode,
        uint256[] calldata first,
        uint256[] calldata second
    ) external pure returns (uint256[] memory results) {
        results = new uint256[](first.length);
        for (uint256 i = 0; i < first.length; ++i) {
            (bool ok, uint256 result) = Instructions.operate(opcode, first[i], second[i]);
            results[i] = ok ? result : type(uint256).max;
        }
    }
}
