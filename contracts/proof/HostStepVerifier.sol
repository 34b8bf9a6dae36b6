// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IStepVerifier} from "./interfaces/IStepVerifier.sol";
import {Cells, Run} from "./libraries/Cells.sol";
import {HostSteps} from "./libraries/HostSteps.sol";
import {MachineHashes} from "./libraries/MachineHashes.sol";
import {Ending, Machine, MachineState, MachineTask} from "./types/Machine.sol";

/// @title Steps between the program's calls: its input is loaded, its result hashed, its end told
contract HostStepVerifier is IStepVerifier {
    using Cells for Run;

    /// @inheritdoc IStepVerifier
    function next(
        Machine calldata machine,
        MachineTask calldata task,
        MachineState calldata state,
        bytes calldata witness
    ) external pure returns (bytes32) {
        Run memory run = Cells.load(machine, state, witness);
        (bytes32 own, Ending memory ending) = HostSteps.step(machine, task, run, state.own);
        if (ending.outcome == 0) return run.hash(own);
        run.witness.requireEnd();
        return MachineHashes.done(ending);
    }
}
