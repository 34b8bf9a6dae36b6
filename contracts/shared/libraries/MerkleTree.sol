// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Proofs in the trees of inputs and results; `docs/protocol.md`, section 1, has the format.
/// @dev OpenZeppelin's `MerkleProof` sorts each pair before it hashes it, so its proofs say that a leaf is in the tree and not
/// where. A result has to be the result of one certain task, so here the bits of the index say which side each sibling is on,
/// and the number of leaves says how many siblings there are: a leaf has one place, a place has one leaf, and no inner node
/// passes for a leaf (nodes are 65 bytes with their own first byte, leaves are whole words).
library MerkleTree {
    bytes1 private constant NODE = 0x01;
    bytes1 private constant BOUND = 0x02;

    /// @notice Whether `leaf` is leaf number `index` of the tree of `count` leaves under `root`.
    /// @param proof The siblings from the leaf upwards: ⌈log₂ count⌉, no more and no fewer.
    function verify(
        bytes32 root,
        bytes32 leaf,
        uint256 index,
        uint256 count,
        bytes32[] calldata proof
    ) internal pure returns (bool) {
        return root != 0 && rootOf(leaf, index, count, proof) == root;
    }

    /// @notice The root of the tree of `count` leaves in which `leaf` is number `index`; zero if the proof is none.
    function rootOf(
        bytes32 leaf,
        uint256 index,
        uint256 count,
        bytes32[] calldata proof
    ) internal pure returns (bytes32 node) {
        if (index >= count || proof.length != Math.log2(count, Math.Rounding.Ceil)) return 0;
        node = leaf;
        for (uint256 i = 0; i < proof.length; ++i) {
            bool isLeft = (index >> i) & 1 == 0;
            node = isLeft ? parent(node, proof[i]) : parent(proof[i], node);
        }
    }

    /// @notice A root that one account alone can have committed to.
    function bind(bytes32 root, address account) internal pure returns (bytes32) {
        return keccak256(bytes.concat(BOUND, root, bytes20(account)));
    }

    function parent(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(bytes.concat(NODE, left, right));
    }
}
