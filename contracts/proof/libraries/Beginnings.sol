// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {MerkleTree} from "../../shared/libraries/MerkleTree.sol";
import {Leaves} from "../../shared/libraries/Leaves.sol";
import {Dispute} from "../../shared/types/Dispute.sol";
import {JobId} from "../../shared/types/Job.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {Beginning, IProofArbiter} from "../interfaces/IProofArbiter.sol";
import {Ending, MachineTask} from "../types/Machine.sol";
import {Cells} from "./Cells.sol";
import {MachineHashes} from "./MachineHashes.sol";
import {Phases} from "./Phases.sol";

/// @notice What a task's first and last state are, by what its job says and its worker has committed to.
library Beginnings {
    uint256 private constant MAX_FUEL = (1 << 63) - 1;
    uint256 private constant CHUNK_BYTES = 1024;
    /// @dev Steps of the host beside loading and hashing, and what roots of large contents take.
    uint256 private constant OTHER_STEPS = 512;

    /// @dev Reverts unless everything is the dispute's own.
    function check(
        Beginning calldata self,
        Dispute calldata dispute
    ) internal pure returns (MachineTask memory task) {
        if (keccak256(abi.encode(self.terms)) != JobId.unwrap(dispute.job))
            revert IProofArbiter.ProofArbiter_WrongPart("terms");
        if (keccak256(abi.encode(self.spec)) != dispute.specHash)
            revert IProofArbiter.ProofArbiter_WrongPart("spec");
        if (MachineHashes.root(self.machine) != self.spec.machineRoot)
            revert IProofArbiter.ProofArbiter_WrongPart("machine");
        bytes32 input = Leaves.input(dispute.position, self.input, self.inputLength);
        bool isThere = MerkleTree.verify(
            self.spec.inputRoot,
            input,
            dispute.position,
            self.terms.taskCount,
            self.inputProof
        );
        if (!isThere) revert IProofArbiter.ProofArbiter_WrongPart("input");
        checkResult(dispute, self.result);
        task.maxFuel = self.spec.maxSteps < MAX_FUEL ? self.spec.maxSteps : MAX_FUEL;
        task.maxResultBytes = self.spec.maxResultBytes;
        task.inputPrefix = self.input.prefix;
        task.inputDigest = self.input.digest;
        task.inputLength = self.inputLength;
    }

    /// @dev Reverts unless it is what the worker said of the task.
    function checkResult(Dispute calldata dispute, ResultLeaf calldata result) internal pure {
        bytes32 leaf = Leaves.result(dispute.position, result.outcome, result.cid, result.byteLength);
        if (leaf != dispute.resultLeaf) revert IProofArbiter.ProofArbiter_WrongPart("result");
    }

    /// @dev The state before the first step.
    function firstState(Beginning calldata self) internal pure returns (bytes32) {
        uint256 header = (Phases.BEGIN << 248) | (self.machine.pages << 120);
        return
            keccak256(
                abi.encode(
                    header,
                    emptyStack(),
                    self.machine.memoryRoot,
                    self.machine.globalsRoot,
                    bytes32(0)
                )
            );
    }

    function lastState(Beginning calldata self) internal pure returns (bytes32) {
        return
            MachineHashes.done(
                Ending(
                    self.result.outcome,
                    self.result.cid.prefix,
                    self.result.cid.digest,
                    self.result.byteLength
                )
            );
    }

    /// @dev The least power of 16 that no execution within the job's limits exceeds, as the exponent of what lies between 16 states.
    function spacing(
        Beginning calldata self,
        MachineTask memory task
    ) internal pure returns (uint8 exponent) {
        uint256 steps = self.machine.stepsPerFuel * task.maxFuel + self.machine.slack + OTHER_STEPS;
        steps += (2 * task.inputLength + 4 * task.maxResultBytes) / CHUNK_BYTES;
        while (1 << (4 * (uint256(exponent) + 1)) < steps) ++exponent;
    }

    /// @dev The root of a stack on which nothing was ever put.
    function emptyStack() private pure returns (bytes32 root) {
        for (uint256 i = 0; i < Cells.STACK_DEPTH; ++i) root = keccak256(abi.encode(root, root));
    }
}
