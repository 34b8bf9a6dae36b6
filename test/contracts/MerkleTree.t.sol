// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerkleTree} from "../../contracts/shared/libraries/MerkleTree.sol";
import {CodecHarness} from "./CodecHarness.sol";
import {vm} from "./Vm.sol";

/// @notice Any tree of up to 256 leaves: a leaf has one place, a place has one leaf.
contract MerkleTreeTest {
    CodecHarness private harness;

    function setUp() external {
        harness = new CodecHarness();
    }

    function testFuzz_aLeafIsProvedAtItsPlace(uint256 seed, uint8 last, uint8 place) external view {
        (uint256 count, uint256 index) = (uint256(last) + 1, place % (uint256(last) + 1));
        (bytes32 root, bytes32[] memory proof) = _prove(seed, count, index);
        require(harness.verify(root, _leaf(seed, index), index, count, proof), "refused");
    }

    function testFuzz_andAtNoOther(uint256 seed, uint8 last, uint8 place, uint256 elsewhere) external view {
        (uint256 count, uint256 index) = (uint256(last) + 1, place % (uint256(last) + 1));
        vm.assume(elsewhere != index);
        (bytes32 root, bytes32[] memory proof) = _prove(seed, count, index);
        require(!harness.verify(root, _leaf(seed, index), elsewhere, count, proof), "far away");
        require(
            !harness.verify(root, _leaf(seed, index), elsewhere % 512, count, proof) ||
                elsewhere % 512 == index,
            "near"
        );
    }

    function testFuzz_noOtherLeafIsProvedThere(
        uint256 seed,
        uint8 last,
        uint8 place,
        bytes32 other
    ) external view {
        (uint256 count, uint256 index) = (uint256(last) + 1, place % (uint256(last) + 1));
        vm.assume(other != _leaf(seed, index));
        (bytes32 root, bytes32[] memory proof) = _prove(seed, count, index);
        require(!harness.verify(root, other, index, count, proof), "accepted");
    }

    /// @dev Neither an inner node on the path, with the rest of the proof, nor the leaf with more or fewer siblings.
    function testFuzz_noOtherDepth(uint256 seed, uint8 last, uint8 place, uint8 cut) external view {
        (uint256 count, uint256 index) = (uint256(last) + 1, place % (uint256(last) + 1));
        (bytes32 root, bytes32[] memory proof) = _prove(seed, count, index);
        uint256 skipped = proof.length == 0 ? 0 : 1 + (cut % proof.length);
        vm.assume(skipped > 0);

        bytes32 node = _leaf(seed, index);
        bytes32[] memory rest = new bytes32[](proof.length - skipped);
        for (uint256 i = 0; i < proof.length; ++i) {
            if (i >= skipped) rest[i - skipped] = proof[i];
            else
                node =
                    (index >> i) & 1 == 0
                        ? MerkleTree.parent(node, proof[i])
                        : MerkleTree.parent(proof[i], node);
        }
        require(!harness.verify(root, node, index >> skipped, count, rest), "inner node accepted");
        require(!harness.verify(root, _leaf(seed, index), index, count, rest), "short proof accepted");

        bytes32[] memory longer = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; ++i) longer[i] = proof[i];
        require(!harness.verify(root, _leaf(seed, index), index, count, longer), "long proof accepted");
    }

    /// @dev The whole tree, level by level: nothing here is shared with what is tested but the hash of a pair.
    function _prove(
        uint256 seed,
        uint256 count,
        uint256 index
    ) private pure returns (bytes32 root, bytes32[] memory proof) {
        uint256 width = 1;
        uint256 depth = 0;
        for (; width < count; width *= 2) ++depth;
        bytes32[] memory level = new bytes32[](width);
        for (uint256 i = 0; i < count; ++i) level[i] = _leaf(seed, i);
        proof = new bytes32[](depth);
        for (uint256 d = 0; d < depth; ++d) {
            proof[d] = level[index ^ 1];
            width /= 2;
            index /= 2;
            for (uint256 i = 0; i < width; ++i) level[i] = MerkleTree.parent(level[2 * i], level[2 * i + 1]);
        }
        root = level[0];
    }

    function _leaf(uint256 seed, uint256 index) private pure returns (bytes32) {
        return keccak256(abi.encode(seed, index));
    }
}
