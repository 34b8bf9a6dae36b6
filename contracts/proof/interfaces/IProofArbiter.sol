// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IArbiter} from "../../shared/interfaces/IArbiter.sol";
import {Cid} from "../../shared/types/Cid.sol";
import {Dispute, DisputeId, Ruling} from "../../shared/types/Dispute.sol";
import {JobSpec, JobTerms} from "../../shared/types/Job.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {Game, Request} from "../types/Game.sol";
import {Ending, Machine, MachineState, MachineTask} from "../types/Machine.sol";
import {ProofParameters} from "../types/Parameters.sol";

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
/// @notice *A wrong result.* Two parties that disagree about a task narrow it down to one step of its machine (`docs/machine.md`), which the
/// chain carries out. The worker posts the hashes of 16 states, evenly apart, the last of which is its result. The challenger names the
/// first that it disputes, and posts 16 of its own inside of that interval; and so on in turn, until the states are one step apart. Then
/// the party whose turn it is proves the step before the state that it disputes.
///
/// *An unavailable result.* The challenger names up to eight chunks of it, and the worker shows each of them under the result's CID. A result
/// whose CID is no BLAKE3 one of `docs/protocol.md` cannot be shown, and its worker loses.
///
/// Each party has a clock, which runs while it is to move; who runs out of time loses. In the second in which a clock runs out it is too late
/// to move.
///
/// *The fee* pays for the winner's gas, once. A worker that wins has it from here. A challenger that wins has it back from the marketplace, out
/// of the worker's slash, before anything of that is the requester's. So the fee that lies here is the requester's then, as if the slash had
/// paid nothing but shares. Therefore nobody gains by losing to a friend. A deployment's fee is to be far below what the least slash leaves,
/// so that the slash covers the fees of several challengers of one batch: a challenger whose fee it does not cover loses it to the requester.
/// So does one that is found right after the marketplace has stopped waiting: twice the clock is less than it waits.
interface IProofArbiter is IArbiter {
    /// @notice A dispute was opened: the worker has to begin, or, on the ground of an unavailable result, the challenger to name chunks.
    event DisputeOpened(DisputeId indexed id, Dispute dispute);

    /// @notice Hashes were posted. `index` is the first of the other party's that is disputed; 0 in the first move.
    event Moved(DisputeId indexed id, address indexed party, uint8 exponent, uint8 index, bytes32[16] hashes);

    /// @notice Chunks of the result were named: the worker has to show them.
    event ChunksAsked(DisputeId indexed id, uint32[] chunks);

    /// @notice The worker has shown a chunk; or, where `isLink`, some of the link to its block. What it showed is in the call's data.
    event ChunkShown(DisputeId indexed id, uint32 chunk, bool isLink);

    /// @notice A dispute is decided. `proven` is the state that a step led to; zero where there was none.
    /// @param paid Whose credit the fee is.
    event Decided(DisputeId indexed id, Ruling ruling, address winner, address paid, bytes32 proven);

    event CreditWithdrawn(address indexed account, address to, uint256 amount);

    /// @notice Only the marketplace that this arbiter serves opens disputes.
    error ProofArbiter_NotMarketplace(address caller);

    error ProofArbiter_WrongFee(uint256 value, uint256 fee);

    error ProofArbiter_AlreadyOpen(DisputeId id);

    /// @notice A dispute is about a wrong result or an unavailable one.
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

    /// @notice One to eight chunks are named.
    error ProofArbiter_WrongCount(uint256 count);

    /// @notice The result has no such chunk, or it does not follow the one named before it.
    error ProofArbiter_NoSuchChunk(uint32 chunk);

    /// @notice The chunk at this place was not named, or is shown already.
    error ProofArbiter_NotMissing(uint8 place);

    /// @notice There has to be a contract: `what` is the parameter's name.
    error ProofArbiter_NoContract(bytes32 what, address given);

    error ProofArbiter_ZeroClock();

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

    /// @notice Names chunks of 1 KiB of an unavailable result, by their indices in the whole of it: up to eight, in ascending order.
    function ask(Dispute calldata dispute, ResultLeaf calldata result, uint32[] calldata chunks) external;

    /// @notice Shows the chunk at a place among those that were named, followed by its siblings, from the lowest to the highest, in the BLAKE3
    /// tree of the result. Of a result above 1 MiB, that is the chunk of the block; and before it the chunk of the root that the link to the
    /// block stands in, and where the link reaches into it, the chunk behind, each in a call of its own. A link holds until another block's
    /// is shown.
    function show(
        Dispute calldata dispute,
        ResultLeaf calldata result,
        uint8 place,
        bytes calldata witness
    ) external;

    /// @notice Ends a dispute whose party to move has let its clock run out. Anybody may.
    function timeOut(Dispute calldata dispute) external;

    /// @notice Sends the caller's credit.
    function withdraw(address payable to) external;

    function credit(address account) external view returns (uint256);

    function parameters() external view returns (ProofParameters memory);

    function game(DisputeId id) external view returns (Game memory);

    /// @notice What was named of an unavailable result, and what of it is missing.
    function request(DisputeId id) external view returns (Request memory);
}
