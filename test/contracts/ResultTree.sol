// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Leaves} from "../../contracts/shared/libraries/Leaves.sol";
import {Cid} from "../../contracts/shared/types/Cid.sol";
import {JobId} from "../../contracts/shared/types/Job.sol";
import {ResultLeaf} from "../../contracts/shared/types/ResultLeaf.sol";

/// @notice The results of a batch as an honest worker commits to them: every task is ok, and its result named after it.
library ResultTree {
    function leaf(JobId id, uint32 position) internal pure returns (ResultLeaf memory) {
        return ResultLeaf(position, 1, Cid(0x01551e20, keccak256(abi.encode(id, position))), 7);
    }

    function hash(JobId id, uint32 position) internal pure returns (bytes32) {
        ResultLeaf memory each = leaf(id, position);
        return
            keccak256(
                abi.encode(
                    Leaves.RESULT_LEAF,
                    uint256(position),
                    each.outcome,
                    each.cid.prefix,
                    each.cid.digest,
                    uint256(each.byteLength)
                )
            );
    }

    /// @param first Position of the batch's first task.
    /// @param index Place in the batch of the task that is proved.
    function prove(
        JobId id,
        uint32 first,
        uint32 tasks,
        uint32 index
    ) internal pure returns (bytes32 root, bytes32[] memory proof) {
        uint256 depth = 0;
        while (1 << depth < tasks) ++depth;
        bytes32[] memory row = new bytes32[](1 << depth);
        for (uint32 i = 0; i < tasks; ++i) row[i] = hash(id, first + i);
        proof = new bytes32[](depth);
        for (uint256 level = 0; level < depth; ++level) {
            proof[level] = row[(index >> level) ^ 1];
            for (uint256 i = 0; i < row.length >> (level + 1); ++i) {
                row[i] = keccak256(abi.encodePacked(bytes1(0x01), row[2 * i], row[2 * i + 1]));
            }
        }
        root = row[0];
    }
}
