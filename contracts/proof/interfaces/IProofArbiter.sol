// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IArbiter} from "../../shared/interfaces/IArbiter.sol";
import {Cid} from "../../shared/types/Cid.sol";
import {Dispute, DisputeId, Ruling} from "../../shared/types/Dispute.sol";
import {JobSpec, JobTerms} from "../../shared/types/Job.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {Game} from "../types/Game.sol";
import {Ending, Machine, MachineState, MachineTask} from "../types/Machine.sol";

/// @notice What the worker shows to begin: what the first and the last state of the task follow from.
struct Beginning {
    JobTerms terms;
    JobSpec spec;
    Machine machine;
    /// The task's input, and the siblings of its leaf.
    Cid input;
    uint256 inputLength;
    bytes32[] inputProof;
    /// What the worker's leaf says.
    ResultLeaf result;
}

/// @title An arbiter that believes nobody
/// @notice Two parties that disagree about a task narrow it down to one step of its machine (`docs/machine.md`), which the chain carries
/// out. The worker posts the hashes of 16 states, evenly apart, the last of which is its result. The challenger names the first that it
/// disputes, and posts 16 of its own inside of that interval; and so on in turn, until the states are one step apart. Then the party
/// whose turn it is proves the step before the state that it disputes. Each party has a clock; who runs out of time loses.
interface IProofArbiter is IArbiter {
    /// @notice A dispute was opened: the worker has to begin.
    event DisputeOpened(DisputeId indexed id, Dispute dispute);

    /// @notice Hashes were posted. `index` is the first of the other party's that is disputed; 0 in the first move.
    event Moved(DisputeId indexed id, address indexed party, uint8 exponent, uint8 index, bytes32[16] hashes);

    /// @notice A dispute is decided. `proven` is the state that a step led to; zero where time ran out.
    event Decided(DisputeId indexed id, Ruling ruling, address winner, bytes32 proven);

    event CreditWithdrawn(address indexed account, address to, uint256 amount);

    /// @notice Only the marketplace that this arbiter serves opens disputes.
    error ProofArbiter_NotMarketplace(address caller);

    error ProofArbiter_WrongFee(uint256 value, uint256 fee);

    error ProofArbiter_AlreadyOpen(DisputeId id);

    /// @notice This arbiter decides on the ground of a wrong result alone.
    error ProofArbiter_WrongGround();

    /// @notice The dispute is not at a stage at which this can be done.
    error ProofArbiter_WrongStage(DisputeId id);

    /// @notice It is the other party's turn.
    error ProofArbiter_NotYourTurn(address caller);

    /// @notice The clock of the party to move has run out: `timeOut` ends the dispute.
    error ProofArbiter_TimeIsUp(DisputeId id);

    /// @notice There is time left.
    error ProofArbiter_TimeIsLeft(DisputeId id);

    /// @notice What was shown is not what the dispute, the job or the earlier move names.
    error ProofArbiter_WrongPart(bytes32 what);

    /// @notice The last hash says what the other party said: there is nothing to dispute.
    error ProofArbiter_SameHash();

    error ProofArbiter_NoCredit(address account);

    error ProofArbiter_ZeroRecipient();

    /// @notice The worker begins: it posts the hashes of 16 states, the last of which is its result.
    function begin(
        Dispute calldata dispute,
        Beginning calldata beginning,
        bytes32[16] calldata hashes
    ) external;

    /// @notice Disputes the first wrong one of the other party's hashes, with 16 of the interval before it.
    function move(
        Dispute calldata dispute,
        bytes32[16] calldata posted,
        uint8 index,
        bytes32[16] calldata hashes
    ) external;

    /// @notice Proves the step that leads to the first wrong one of the other party's hashes, where these are a step apart.
    function prove(
        Dispute calldata dispute,
        bytes32[16] calldata posted,
        uint8 index,
        Machine calldata machine,
        MachineTask calldata task,
        MachineState calldata state,
        bytes calldata witness
    ) external;

    /// @notice The same where the task has ended before that step: it stays as it is.
    function proveEnded(
        Dispute calldata dispute,
        bytes32[16] calldata posted,
        uint8 index,
        Ending calldata ending
    ) external;

    /// @notice Ends a dispute whose party to move has let its clock run out. Anybody may.
    function timeOut(Dispute calldata dispute) external;

    /// @notice Sends the caller's credit: the fees of disputes that it has won.
    function withdraw(address payable to) external;

    function credit(address account) external view returns (uint256);

    function game(DisputeId id) external view returns (Game memory);
}
