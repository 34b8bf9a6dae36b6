// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IStepVerifier} from "./interfaces/IStepVerifier.sol";
import {Cells, Run} from "./libraries/Cells.sol";
import {Instructions} from "./libraries/Instructions.sol";
import {Phases} from "./libraries/Phases.sol";
import {Machine, MachineState, MachineTask} from "./types/Machine.sol";

/// @title Steps in which the program runs: one instruction of it each
contract InstructionVerifier is IStepVerifier {
    using Cells for Run;

    error Step_NotRunning();

    /// @inheritdoc IStepVerifier
    function next(
        Machine calldata machine,
        MachineTask calldata,
        MachineState calldata state,
        bytes calldata witness
    ) external pure returns (bytes32) {
        Run memory run = Cells.load(machine, state, witness);
        if (run.phase < Phases.START || run.phase > Phases.RUN) revert Step_NotRunning();
        Instructions.execute(machine, run);
        return run.hash(state.own);
    }
}
