// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Cells, Run} from "./libraries/Cells.sol";
import {HostSteps} from "./libraries/HostSteps.sol";
import {Instructions} from "./libraries/Instructions.sol";
import {Phases} from "./libraries/Phases.sol";
import {Ending, Machine, MachineState, MachineTask} from "./types/Machine.sol";

/// @title Carries out one step of a task
/// @notice From a state, and a witness of what the step reads, to the hash of the state that follows. Pure: it belongs to nobody and holds
/// nothing. A witness that is not the state's own, or that says more than the step needs, reverts.
contract StepVerifier {
    using Cells for Run;

    bytes32 private constant VERSION = keccak256("AssayMachine 1");

    /// @notice The hash by which a job names its machine.
    function machineRoot(Machine calldata machine) external pure returns (bytes32) {
        return keccak256(abi.encode(VERSION, machine));
    }

    /// @notice The hash of a state.
    function stateHash(MachineState calldata state) external pure returns (bytes32) {
        return keccak256(abi.encode(state));
    }

    /// @notice The hash of the state in which a task ends: of nothing but the answer.
    function doneHash(Ending memory ending) public pure returns (bytes32) {
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

    /// @notice The state that follows. A task that is done stays as it is, and needs no proof.
    function next(
        Machine calldata machine,
        MachineTask calldata task,
        MachineState calldata state,
        bytes calldata witness
    ) external pure returns (bytes32) {
        Run memory run = Cells.load(machine, state, witness);
        bytes32 own = state.own;
        if (run.phase >= Phases.START && run.phase <= Phases.RUN) {
            Instructions.execute(machine, run);
        } else {
            Ending memory ending;
            (own, ending) = HostSteps.step(machine, task, run, own);
            if (ending.outcome != 0) {
                run.witness.requireEnd();
                return doneHash(ending);
            }
        }
        return run.hash(own);
    }
}
