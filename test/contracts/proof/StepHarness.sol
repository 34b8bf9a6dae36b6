// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IStepVerifier} from "../../../contracts/proof/interfaces/IStepVerifier.sol";
import {Phases} from "../../../contracts/proof/libraries/Phases.sol";
import {Machine, MachineState, MachineTask} from "../../../contracts/proof/types/Machine.sol";

/// @notice Has many steps carried out in one call.
contract StepHarness {
    IStepVerifier private immutable INSTRUCTIONS;
    IStepVerifier private immutable HOST_STEPS;

    constructor(IStepVerifier instructions, IStepVerifier hostSteps) {
        INSTRUCTIONS = instructions;
        HOST_STEPS = hostSteps;
    }

    /// @return results The states that follow; zero for a witness that was refused.
    /// @return gas What each took.
    function nextOfAll(
        Machine calldata machine,
        MachineTask calldata task,
        MachineState[] calldata states,
        bytes[] calldata witnesses
    ) external view returns (bytes32[] memory results, uint256[] memory gas) {
        results = new bytes32[](states.length);
        gas = new uint256[](states.length);
        for (uint256 i = 0; i < states.length; ++i) {
            uint256 phase = states[i].header >> 248;
            bool isRunning = phase >= Phases.START && phase <= Phases.RUN;
            IStepVerifier verifier = isRunning ? INSTRUCTIONS : HOST_STEPS;
            uint256 before = gasleft();
            try verifier.next(machine, task, states[i], witnesses[i]) returns (bytes32 result) {
                results[i] = result;
            } catch {
                results[i] = 0;
            }
            gas[i] = before - gasleft();
        }
    }
}
