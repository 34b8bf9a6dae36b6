// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Machine, MachineState, MachineTask} from "../types/Machine.sol";

/// @title Carries out one step of a task
/// @notice From a state, and a witness of what the step reads, to the hash of the state that follows. Pure: it belongs to nobody and holds
/// nothing. A witness that is not the state's own, or that says more than the step needs, reverts.
interface IStepVerifier {
    /// @notice The hash of the state that follows. A task that is done stays as it is, and needs no proof.
    function next(
        Machine calldata machine,
        MachineTask calldata task,
        MachineState calldata state,
        bytes calldata witness
    ) external pure returns (bytes32);
}
