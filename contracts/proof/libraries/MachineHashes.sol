// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ending, Machine, MachineState} from "../types/Machine.sol";
import {Phases} from "./Phases.sol";

/// @notice The hashes by which the machine's parts are named.
library MachineHashes {
    bytes32 private constant VERSION = keccak256("AssayMachine 1");

    /// @notice `JobSpec.machineRoot`.
    function root(Machine calldata machine) internal pure returns (bytes32) {
        return keccak256(abi.encode(VERSION, machine));
    }

    function state(MachineState calldata machineState) internal pure returns (bytes32) {
        return keccak256(abi.encode(machineState));
    }

    /// @notice The state in which a task ends: of nothing but the answer.
    function done(Ending memory ending) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    Phases.DONE << 248,
                    ending.outcome,
                    ending.prefix,
                    ending.digest,
                    ending.byteLength
                )
            );
    }
}
