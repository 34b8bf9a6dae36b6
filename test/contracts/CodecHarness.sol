// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Leaves} from "../../contracts/shared/libraries/Leaves.sol";
import {MerkleTree} from "../../contracts/shared/libraries/MerkleTree.sol";
import {Cid} from "../../contracts/shared/types/Cid.sol";

/// @notice Makes the chain's half of the codec callable.
contract CodecHarness {
    function verify(
        bytes32 root,
        bytes32 leaf,
        uint256 index,
        uint256 count,
        bytes32[] calldata proof
    ) external pure returns (bool) {
        return MerkleTree.verify(root, leaf, index, count, proof);
    }

    function inputLeaf(
        uint256 position,
        Cid calldata cid,
        uint256 byteLength
    ) external pure returns (bytes32) {
        return Leaves.input(position, cid, byteLength);
    }

    function resultLeaf(
        uint256 position,
        uint8 outcome,
        Cid calldata cid,
        uint256 byteLength
    ) external pure returns (bytes32) {
        return Leaves.result(position, outcome, cid, byteLength);
    }
}
