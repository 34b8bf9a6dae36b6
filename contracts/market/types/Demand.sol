// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Somebody asks a worker to open one leaf of its result tree.
/// @dev One word, so that the batch can hold it and no call has to bring it:
///
/// | bits      | field        |                                           |
/// | --------- | ------------ | ----------------------------------------- |
/// | 0…159     | `challenger` | who asks, and has locked the bond         |
/// | 160…199   | `openedAt`   | Unix seconds                              |
/// | 200…231   | `position`   | index of the task in the job              |
type Demand is bytes32;

using DemandFields for Demand global;

function packDemand(address challenger, uint40 openedAt, uint32 position) pure returns (Demand) {
    uint256 word = (uint256(position) << 200) | (uint256(openedAt) << 160) | uint160(challenger);
    return Demand.wrap(bytes32(word));
}

library DemandFields {
    function challenger(Demand self) internal pure returns (address) {
        return address(uint160(uint256(Demand.unwrap(self))));
    }

    function openedAt(Demand self) internal pure returns (uint40) {
        return uint40(uint256(Demand.unwrap(self)) >> 160);
    }

    function position(Demand self) internal pure returns (uint32) {
        return uint32(uint256(Demand.unwrap(self)) >> 200);
    }
}
