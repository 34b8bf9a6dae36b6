// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Cid} from "../types/Cid.sol";

/// @notice What the trees of inputs and results are made of. Every leaf binds the position of its task in the JOB, so a leaf of
/// one task or batch never stands for another.
library Leaves {
    bytes32 internal constant INPUT_LEAF = keccak256(
        "AssayInput(uint256 position,bytes4 prefix,bytes32 digest,uint256 byteLength)"
    );
    bytes32 internal constant RESULT_LEAF = keccak256(
        "AssayResult(uint256 position,uint8 outcome,bytes4 prefix,bytes32 digest,uint256 byteLength)"
    );

    /// @param byteLength Size of the input, in bytes.
    function input(uint256 position, Cid calldata cid, uint256 byteLength) internal pure returns (bytes32) {
        return keccak256(abi.encode(INPUT_LEAF, position, cid.prefix, cid.digest, byteLength));
    }

    /// @param outcome 1 ok, 2 trap, 3 over limit.
    /// @param cid The result; zero unless the outcome is ok.
    /// @param byteLength Size of the result, in bytes; zero unless the outcome is ok.
    function result(
        uint256 position,
        uint8 outcome,
        Cid calldata cid,
        uint256 byteLength
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(RESULT_LEAF, position, outcome, cid.prefix, cid.digest, byteLength));
    }
}
