// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IArbiter} from "../shared/interfaces/IArbiter.sol";
import {DisputeLib} from "../shared/libraries/DisputeLib.sol";
import {Dispute, DisputeId, Ground, Ruling} from "../shared/types/Dispute.sol";
import {ResultLeaf} from "../shared/types/ResultLeaf.sol";
import {Beginning, IProofArbiter} from "./interfaces/IProofArbiter.sol";
import {IStepVerifier} from "./interfaces/IStepVerifier.sol";
import {Beginnings} from "./libraries/Beginnings.sol";
import {MachineHashes} from "./libraries/MachineHashes.sol";
import {Phases} from "./libraries/Phases.sol";
import {Requests} from "./libraries/Requests.sol";
import {Game, Request, Stage} from "./types/Game.sol";
import {Ending, Machine, MachineState, MachineTask} from "./types/Machine.sol";
import {ProofParameters} from "./types/Parameters.sol";

/// @title ProofArbiter
/// @notice See {IProofArbiter}.
contract ProofArbiter is IProofArbiter, ReentrancyGuardTransient {
    using Address for address payable;
    using Beginnings for Beginning;
    using DisputeLib for Dispute;
    using Requests for Request;

    address private immutable MARKETPLACE;
    IStepVerifier private immutable INSTRUCTIONS;
    IStepVerifier private immutable HOST_STEPS;
    uint96 private immutable FEE;
    uint32 private immutable CLOCK_SECONDS;

    mapping(DisputeId => Game) private games;
    mapping(DisputeId => Request) private requests;
    mapping(address => uint256) public credit;

    constructor(ProofParameters memory parameters_) {
        checkContract("marketplace", parameters_.marketplace);
        checkContract("instructionVerifier", parameters_.instructionVerifier);
        checkContract("hostStepVerifier", parameters_.hostStepVerifier);
        if (parameters_.clockSeconds == 0) revert ProofArbiter_ZeroClock();
        MARKETPLACE = parameters_.marketplace;
        INSTRUCTIONS = IStepVerifier(parameters_.instructionVerifier);
        HOST_STEPS = IStepVerifier(parameters_.hostStepVerifier);
        FEE = parameters_.feeWei;
        CLOCK_SECONDS = parameters_.clockSeconds;
    }

    /// @dev Whoever misspells an address finds out before it is too late.
    function checkContract(bytes32 what, address given) private view {
        if (given.code.length == 0) revert ProofArbiter_NoContract(what, given);
    }

    // ─── Disputes ────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IArbiter
    function open(Dispute calldata dispute) external payable {
        // Check: of the marketplace, paid for, new, and of a kind that a proof decides.
        if (msg.sender != MARKETPLACE) revert ProofArbiter_NotMarketplace(msg.sender);
        if (msg.value != FEE) revert ProofArbiter_WrongFee(msg.value, FEE);
        if (dispute.ground == Ground.None) revert ProofArbiter_WrongGround();
        DisputeId id = dispute.id();
        Game storage self = games[id];
        if (self.stage != Stage.None) revert ProofArbiter_AlreadyOpen(id);
        // Effect: the clock runs of who has to say something: the worker how it came to its result, or the challenger what it lacks.
        bool isUnavailable = dispute.ground == Ground.Unavailable;
        self.stage = isUnavailable ? Stage.Asking : Stage.Opened;
        self.isChallengersTurn = isUnavailable;
        self.workerLeft = CLOCK_SECONDS;
        self.challengerLeft = CLOCK_SECONDS;
        self.since = uint40(block.timestamp);
        emit DisputeOpened(id, dispute);
    }

    /// @inheritdoc IProofArbiter
    function begin(
        Dispute calldata dispute,
        Beginning calldata beginning,
        bytes32[16] calldata hashes
    ) external {
        (DisputeId id, Game storage self) = turn(dispute, Stage.Opened);
        // Check: it is about this task, and ends as the worker said.
        MachineTask memory task = beginning.check(dispute);
        if (hashes[15] != beginning.lastState()) revert ProofArbiter_WrongPart("last hash");
        // Effect: the challenger is to move.
        uint8 exponent = beginning.spacing(task);
        self.stage = Stage.Playing;
        self.setup = keccak256(abi.encode(beginning.spec.machineRoot, task));
        self.agreed = beginning.firstState();
        post(self, hashes, exponent);
        emit Moved(id, msg.sender, exponent, 0, hashes);
    }

    /// @inheritdoc IProofArbiter
    function move(
        Dispute calldata dispute,
        bytes32[16] calldata posted,
        uint8 index,
        bytes32[16] calldata hashes
    ) external {
        (DisputeId id, Game storage self) = turn(dispute, Stage.Playing);
        // Check: there is something between two of the posted states, and the last of it is another.
        if (self.exponent == 0) revert ProofArbiter_WrongStage(id);
        bytes32 agreed = agreedAt(self, posted, index);
        if (hashes[15] == posted[index]) revert ProofArbiter_SameHash();
        // Effect: the other party is to move.
        self.agreed = agreed;
        uint8 exponent = self.exponent - 1;
        post(self, hashes, exponent);
        emit Moved(id, msg.sender, exponent, index, hashes);
    }

    /// @inheritdoc IProofArbiter
    function prove(
        Dispute calldata dispute,
        bytes32[16] calldata posted,
        uint8 index,
        Machine calldata machine,
        MachineTask calldata task,
        MachineState calldata state,
        bytes calldata witness
    ) external {
        (DisputeId id, Game storage self) = turn(dispute, Stage.Playing);
        // Check: the states are a step apart, and this is the one before, of this task.
        if (self.exponent != 0) revert ProofArbiter_WrongStage(id);
        if (keccak256(abi.encode(MachineHashes.root(machine), task)) != self.setup) {
            revert ProofArbiter_WrongPart("setup");
        }
        if (MachineHashes.state(state) != agreedAt(self, posted, index))
            revert ProofArbiter_WrongPart("state");
        uint256 phase = state.header >> 248;
        bool isRunning = phase >= Phases.START && phase <= Phases.RUN;
        // Interaction: with a contract of our own, which is pure. It reverts for a witness that is not the state's.
        bytes32 next = (isRunning ? INSTRUCTIONS : HOST_STEPS).next(machine, task, state, witness);
        decideByStep(dispute, self, posted[index], next);
    }

    /// @inheritdoc IProofArbiter
    function proveEnded(
        Dispute calldata dispute,
        bytes32[16] calldata posted,
        uint8 index,
        Ending calldata ending
    ) external {
        (DisputeId id, Game storage self) = turn(dispute, Stage.Playing);
        if (self.exponent != 0) revert ProofArbiter_WrongStage(id);
        bytes32 done = MachineHashes.done(ending);
        if (done != agreedAt(self, posted, index)) revert ProofArbiter_WrongPart("state");
        decideByStep(dispute, self, posted[index], done);
    }

    /// @inheritdoc IProofArbiter
    function ask(Dispute calldata dispute, ResultLeaf calldata result, uint32[] calldata chunks) external {
        (DisputeId id, Game storage self) = turn(dispute, Stage.Asking);
        // Check: it is about this result, and there are such chunks.
        Beginnings.checkResult(dispute, result);
        requests[id].ask(result.byteLength, chunks);
        // Effect: the worker is to move.
        self.stage = Stage.Showing;
        pass(self);
        emit ChunksAsked(id, chunks);
    }

    /// @inheritdoc IProofArbiter
    function show(
        Dispute calldata dispute,
        ResultLeaf calldata result,
        uint8 place,
        bytes calldata witness
    ) external {
        (DisputeId id, Game storage self) = turn(dispute, Stage.Showing);
        Beginnings.checkResult(dispute, result);
        Request storage request_ = requests[id];
        // Check: it is what was named. It reverts for a witness that is not the result's.
        bool isChunk = request_.show(result, place, witness);
        // Effect: the worker's clock goes on, unless nothing is missing any more.
        self.since = uint40(block.timestamp);
        emit ChunkShown(id, request_.chunks[place], !isChunk);
        if (request_.missing == 0) decide(dispute, self, false, 0);
    }

    /// @inheritdoc IProofArbiter
    function timeOut(Dispute calldata dispute) external {
        DisputeId id = dispute.id();
        Game storage self = games[id];
        if (self.stage == Stage.None || self.stage == Stage.Over) revert ProofArbiter_WrongStage(id);
        if (secondsLeft(self) != 0) revert ProofArbiter_TimeIsLeft(id);
        decide(dispute, self, !self.isChallengersTurn, 0);
    }

    /// @inheritdoc IProofArbiter
    function withdraw(address payable to) external nonReentrant {
        if (to == address(0)) revert ProofArbiter_ZeroRecipient();
        uint256 amount = credit[msg.sender];
        if (amount == 0) revert ProofArbiter_NoCredit(msg.sender);
        credit[msg.sender] = 0;
        emit CreditWithdrawn(msg.sender, to, amount);
        // Interaction: the money leaves.
        to.sendValue(amount);
    }

    // ─── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IArbiter
    function fee() external view returns (uint256) {
        return FEE;
    }

    /// @inheritdoc IArbiter
    function maxRulingSeconds() external view returns (uint256) {
        return 2 * uint256(CLOCK_SECONDS);
    }

    /// @inheritdoc IArbiter
    function canDecide(address, address) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IArbiter
    function ruling(DisputeId id) external view returns (Ruling) {
        return games[id].ruling;
    }

    /// @inheritdoc IProofArbiter
    function parameters() external view returns (ProofParameters memory) {
        return ProofParameters(MARKETPLACE, address(INSTRUCTIONS), address(HOST_STEPS), FEE, CLOCK_SECONDS);
    }

    /// @inheritdoc IProofArbiter
    function game(DisputeId id) external view returns (Game memory) {
        return games[id];
    }

    /// @inheritdoc IProofArbiter
    function request(DisputeId id) external view returns (Request memory) {
        return requests[id];
    }

    // ─── The game ────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Checks that the caller is to move and in time, and stops its clock.
    function turn(Dispute calldata dispute, Stage stage) private returns (DisputeId id, Game storage self) {
        id = dispute.id();
        self = games[id];
        if (self.stage != stage) revert ProofArbiter_WrongStage(id);
        address party = self.isChallengersTurn ? dispute.challenger : dispute.worker;
        if (msg.sender != party) revert ProofArbiter_NotYourTurn(msg.sender);
        uint32 left = secondsLeft(self);
        if (left == 0) revert ProofArbiter_TimeIsUp(id);
        if (self.isChallengersTurn) self.challengerLeft = left;
        else self.workerLeft = left;
    }

    /// @dev What is left on the clock of the party to move.
    function secondsLeft(Game storage self) private view returns (uint32) {
        uint32 left = self.isChallengersTurn ? self.challengerLeft : self.workerLeft;
        uint256 passed = block.timestamp - self.since;
        return passed >= left ? 0 : left - uint32(passed);
    }

    function post(Game storage self, bytes32[16] calldata hashes, uint8 exponent) private {
        self.posted = keccak256(abi.encode(hashes));
        self.exponent = exponent;
        pass(self);
    }

    /// @dev The other party is to move.
    function pass(Game storage self) private {
        self.isChallengersTurn = !self.isChallengersTurn;
        self.since = uint40(block.timestamp);
    }

    /// @dev The state right before one of the posted ones: everything up to it is agreed on.
    function agreedAt(
        Game storage self,
        bytes32[16] calldata posted,
        uint8 index
    ) private view returns (bytes32) {
        if (index > 15 || keccak256(abi.encode(posted)) != self.posted)
            revert ProofArbiter_WrongPart("posted");
        return index == 0 ? self.agreed : posted[index - 1];
    }

    /// @dev Whoever disputes a state that the step does lead to has lost.
    function decideByStep(
        Dispute calldata dispute,
        Game storage self,
        bytes32 disputed,
        bytes32 next
    ) private {
        bool isProverRight = next != disputed;
        decide(dispute, self, self.isChallengersTurn ? isProverRight : !isProverRight, next);
    }

    function decide(Dispute calldata dispute, Game storage self, bool isWorkerWrong, bytes32 proven) private {
        // A challenger that lost says nothing about the leaf: another one may be right.
        Ruling result = isWorkerWrong ? Ruling.WorkerWrong : Ruling.ChallengeFailed;
        self.stage = Stage.Over;
        self.ruling = result;
        // The marketplace gives a challenger that is right its fee back, at the requester's expense.
        (address winner, address paid) = isWorkerWrong
            ? (dispute.challenger, dispute.requester)
            : (dispute.worker, dispute.worker);
        credit[paid] += FEE;
        emit Decided(dispute.id(), result, winner, paid, proven);
    }
}
