// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IRandomness} from "../../../contracts/randomness/interfaces/IRandomness.sol";

/// @notice Randomness that a test decides on.
contract ManualRandomness is IRandomness {
    uint64 public requests;
    mapping(uint64 id => Status) public status;
    mapping(uint64 id => bytes32) private values;

    function request() external returns (uint64 id) {
        return ++requests;
    }

    function fulfil(uint64 id, bytes32 value) external {
        (status[id], values[id]) = (Status.Ready, value);
    }

    function lose(uint64 id) external {
        status[id] = Status.Lost;
    }

    function read(uint64 id, bytes calldata proof) external view returns (bytes32) {
        if (status[id] != Status.Ready) revert Randomness_NotReady(id, status[id]);
        if (proof.length != 0) revert Randomness_WrongProof(id);
        return values[id];
    }
}
