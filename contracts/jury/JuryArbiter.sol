// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IArbiter} from "../shared/interfaces/IArbiter.sol";
import {IJuryArbiter} from "./interfaces/IJuryArbiter.sol";
import {IRandomness} from "../randomness/interfaces/IRandomness.sol";
import {CaseLib} from "./libraries/CaseLib.sol";
import {DisputeLib} from "../shared/libraries/DisputeLib.sol";
import {JurorLib} from "./libraries/JurorLib.sol";
import {JuryBounds} from "./libraries/JuryBounds.sol";
import {JuryDraw} from "./libraries/JuryDraw.sol";
import {JurySettlement} from "./libraries/JurySettlement.sol";
import {PanelLib} from "./libraries/PanelLib.sol";
import {SumTree} from "./libraries/SumTree.sol";
import {SummonLib} from "./libraries/SummonLib.sol";
import {VoteLib} from "./libraries/VoteLib.sol";
import {Dispute, DisputeId, Ruling} from "../shared/types/Dispute.sol";
import {
    Case,
    CaseState,
    Juror,
    JurorView,
    JuryLedger,
    JuryParameters,
    Panel,
    PanelState,
    PanelView,
    Stage,
    Standing
} from "./types/Jury.sol";

/// @title JuryArbiter
/// @notice See {IJuryArbiter}.
/// @dev A table of contents: the transitions are in `libraries/`, what is stored in `types/Jury.sol`. Only the two functions that
/// send money call out to strangers, last of all; the source of randomness is fixed at deployment.
contract JuryArbiter is IJuryArbiter, ReentrancyGuardTransient {
    using Address for address payable;
    using CaseLib for Case;
    using DisputeLib for Dispute;
    using JurorLib for *;
    using JuryDraw for SumTree.Tree;
    using JurySettlement for JuryLedger;
    using PanelLib for *;
    using SumTree for SumTree.Tree;
    using SummonLib for *;
    using VoteLib for JuryLedger;

    address private immutable MARKETPLACE;
    IRandomness private immutable RANDOMNESS;
    uint96 private immutable TICKET_WEI;
    uint96 private immutable SEAT_FEE_WEI;
    uint8 private immutable JURY_SIZE;
    uint16 private immutable NO_SHOW_SLASH_BPS;
    uint16 private immutable MINORITY_SLASH_BPS;
    uint32 private immutable EPOCH_SECONDS;
    uint32 private immutable COMMIT_SECONDS;
    uint32 private immutable REVEAL_SECONDS;
    uint32 private immutable APPEAL_SECONDS;
    uint32 private immutable UNBONDING_SECONDS;

    JuryLedger private ledger;

    constructor(JuryParameters memory parameters_) {
        JuryBounds.check(parameters_);
        MARKETPLACE = parameters_.marketplace;
        RANDOMNESS = parameters_.randomness;
        TICKET_WEI = parameters_.ticketWei;
        SEAT_FEE_WEI = parameters_.seatFeeWei;
        JURY_SIZE = parameters_.jurySize;
        NO_SHOW_SLASH_BPS = parameters_.noShowSlashBps;
        MINORITY_SLASH_BPS = parameters_.minoritySlashBps;
        EPOCH_SECONDS = parameters_.epochSeconds;
        COMMIT_SECONDS = parameters_.commitSeconds;
        REVEAL_SECONDS = parameters_.revealSeconds;
        APPEAL_SECONDS = parameters_.appealSeconds;
        UNBONDING_SECONDS = parameters_.unbondingSeconds;
        // Leaf 0 is nobody's: juror numbers begin at 1.
        ledger.tree.append();
    }

    modifier onlyTo(address to) {
        // Check: money is not thrown away.
        if (to == address(0)) revert JuryArbiter_ZeroRecipient();
        _;
    }

    // ─── Stake ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IJuryArbiter
    function deposit() external payable {
        ledger.deposit(msg.sender, msg.value, parameters());
    }

    /// @inheritdoc IJuryArbiter
    function unbond(uint96 amount) external {
        ledger.unbond(msg.sender, amount, parameters());
    }

    /// @inheritdoc IJuryArbiter
    function withdrawStake(address payable to) external nonReentrant onlyTo(to) {
        uint256 amount = ledger.takeUnbonded(msg.sender, TICKET_WEI);
        emit StakeWithdrawn(msg.sender, to, amount);
        // Interaction: the money leaves.
        to.sendValue(amount);
    }

    /// @inheritdoc IJuryArbiter
    function withdraw(address payable to) external nonReentrant onlyTo(to) {
        uint256 amount = ledger.takeCredit(msg.sender);
        emit CreditWithdrawn(msg.sender, to, amount);
        // Interaction: the money leaves.
        to.sendValue(amount);
    }

    // ─── Disputes ────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IArbiter
    function open(Dispute calldata dispute) external payable {
        // Check: of the marketplace, paid for, new, and somebody is there to judge it.
        if (msg.sender != MARKETPLACE) revert JuryArbiter_NotMarketplace(msg.sender, MARKETPLACE);
        if (msg.value != fee()) revert JuryArbiter_WrongFee(msg.value, fee());
        DisputeId id = dispute.id();
        Case storage self = ledger.cases[id];
        if (self.state.requestedAt != 0) revert JuryArbiter_AlreadyOpen(id);
        if (eligibleTickets(dispute.requester, dispute.worker, dispute.challenger) == 0) {
            revert JuryArbiter_NobodyToDraw(id);
        }
        // Effect: its first panel waits for randomness.
        emit DisputeOpened(id, dispute);
        CaseState memory state;
        state.requests = 1;
        self.request(id, state, parameters());
    }

    /// @inheritdoc IJuryArbiter
    function draw(Dispute calldata dispute, bytes calldata proof) external returns (uint32[] memory jurors) {
        DisputeId id = dispute.id();
        return ledger.draw(ledger.cases[id], id, dispute, proof, parameters());
    }

    /// @inheritdoc IJuryArbiter
    function commit(DisputeId id, uint8 panel_, bytes32 commitment) external {
        ledger.commit(id, panel_, commitment, parameters());
    }

    /// @inheritdoc IJuryArbiter
    function drawAndCommit(
        Dispute calldata dispute,
        bytes calldata proof,
        uint8 panel_,
        bytes32 commitment
    ) external {
        DisputeId id = dispute.id();
        Case storage self = ledger.cases[id];
        // Check: the commitment is one for the current panel.
        uint8 current = self.state.panel;
        if (panel_ != current) revert JuryArbiter_WrongPanel(id, panel_, current);
        JuryParameters memory p = parameters();
        if (self.panels[panel_].state.commitEndsAt == 0) {
            ledger.draw(self, id, dispute, proof, p);
        }
        ledger.commit(id, panel_, commitment, p);
    }

    /// @inheritdoc IJuryArbiter
    function reveal(DisputeId id, uint8 panel_, Ruling verdict, bytes32 salt) external {
        ledger.reveal(id, panel_, verdict, salt);
    }

    /// @inheritdoc IJuryArbiter
    function advance(DisputeId id) external {
        ledger.cases[id].advance(id, parameters());
    }

    /// @inheritdoc IJuryArbiter
    function appeal(DisputeId id, Ruling expected) external payable {
        Case storage self = ledger.cases[id];
        JuryParameters memory p = parameters();
        // Check: paid for, and in time.
        if (msg.value != appealFee()) revert JuryArbiter_WrongFee(msg.value, appealFee());
        Standing memory s = self.standing(p);
        if (s.stage != Stage.Appealable) {
            revert JuryArbiter_WrongStage(id, s.stage, Stage.Appealable);
        }
        // Check: against the ruling that the appellant means.
        if (s.ruling != expected) revert JuryArbiter_WrongRuling(id, s.ruling, expected);
        // Effect: the larger panel waits for randomness.
        self.appellant = msg.sender;
        emit Appealed(id, msg.sender);
        CaseState memory state;
        (state.panel, state.requests) = (CaseLib.APPEAL, 1);
        self.request(id, state, p);
    }

    /// @inheritdoc IJuryArbiter
    function settle(Dispute calldata dispute) external {
        ledger.settle(dispute.id(), parameters());
    }

    // ─── Reads ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IJuryArbiter
    function parameters() public view returns (JuryParameters memory) {
        return
            JuryParameters({
                marketplace: MARKETPLACE,
                randomness: RANDOMNESS,
                ticketWei: TICKET_WEI,
                seatFeeWei: SEAT_FEE_WEI,
                jurySize: JURY_SIZE,
                noShowSlashBps: NO_SHOW_SLASH_BPS,
                minoritySlashBps: MINORITY_SLASH_BPS,
                epochSeconds: EPOCH_SECONDS,
                commitSeconds: COMMIT_SECONDS,
                revealSeconds: REVEAL_SECONDS,
                appealSeconds: APPEAL_SECONDS,
                unbondingSeconds: UNBONDING_SECONDS
            });
    }

    /// @inheritdoc IArbiter
    function fee() public view returns (uint256) {
        return uint256(JURY_SIZE) * SEAT_FEE_WEI;
    }

    /// @inheritdoc IJuryArbiter
    function appealFee() public view returns (uint256) {
        return (2 * uint256(JURY_SIZE) + 1) * SEAT_FEE_WEI;
    }

    /// @inheritdoc IArbiter
    /// @dev Two panels, and two more for an appeal in the last second; each drawn in the last second of its last request and
    /// revealed to the end.
    function maxRulingSeconds() external view returns (uint256) {
        uint256 drawSeconds = uint256(CaseLib.MAX_REQUESTS) * EPOCH_SECONDS - 1;
        return 4 * (drawSeconds + COMMIT_SECONDS + REVEAL_SECONDS) + APPEAL_SECONDS - 1;
    }

    /// @inheritdoc IArbiter
    /// @dev A panel of full size could be seated. A smaller one still judges, but who relies on that should know.
    function canDecide(address requester, address worker) external view returns (bool) {
        return eligibleTickets(requester, worker, address(0)) >= JURY_SIZE;
    }

    /// @inheritdoc IArbiter
    function ruling(DisputeId id) external view returns (Ruling) {
        Standing memory s = ledger.cases[id].standing(parameters());
        return s.stage >= Stage.Final ? s.ruling : Ruling.None;
    }

    /// @inheritdoc IJuryArbiter
    function disputeId(Dispute calldata dispute) external pure returns (DisputeId) {
        return dispute.id();
    }

    /// @inheritdoc IJuryArbiter
    function commitmentOf(
        Ruling verdict,
        bytes32 salt,
        address juror_,
        DisputeId id,
        uint8 panel_
    ) external view returns (bytes32) {
        return VoteLib.commitmentOf(verdict, salt, juror_, id, panel_);
    }

    /// @inheritdoc IJuryArbiter
    function standing(DisputeId id) external view returns (Standing memory) {
        return ledger.cases[id].standing(parameters());
    }

    /// @inheritdoc IJuryArbiter
    function panel(DisputeId id, uint8 index) external view returns (PanelView memory v) {
        Panel storage self = ledger.cases[id].panels[index];
        PanelState memory state = self.state;
        (v.commitEndsAt, v.revealEndsAt) = (state.commitEndsAt, state.revealEndsAt);
        v.jurors = new address[](state.seats);
        v.committed = new bool[](state.seats);
        v.verdicts = new Ruling[](state.seats);
        for (uint256 i = 0; i < state.seats; ++i) {
            v.jurors[i] = ledger.jurors[self.jurorAt(state, i)].owner;
            v.verdicts[i] = state.vote(i);
            uint256 first = self.seatOf(state, self.jurorAt(state, i));
            v.committed[i] = v.verdicts[i] != Ruling.None || self.commitments[first] != 0;
        }
    }

    /// @inheritdoc IJuryArbiter
    function juror(address account) external view returns (JurorView memory v) {
        v.number = ledger.numberOf[account];
        Juror storage self = ledger.jurors[v.number];
        (v.stake, v.unbonding) = (self.stake, self.unbonding);
        (v.withdrawableAt, v.seats) = (self.withdrawableAt, self.seats);
        v.tickets = self.bonded() / TICKET_WEI;
    }

    /// @inheritdoc IJuryArbiter
    function jurorAt(uint32 number) external view returns (address) {
        return ledger.jurors[number].owner;
    }

    /// @inheritdoc IJuryArbiter
    function totalTickets() external view returns (uint256) {
        return ledger.tree.total(block.timestamp / EPOCH_SECONDS);
    }

    /// @inheritdoc IJuryArbiter
    function eligibleTickets(
        address requester,
        address worker,
        address challenger
    ) public view returns (uint256) {
        uint32[3] memory excluded = ledger.parties(requester, worker, challenger);
        return ledger.tree.eligible(excluded, block.timestamp / EPOCH_SECONDS);
    }

    /// @inheritdoc IJuryArbiter
    function credit(address account) external view returns (uint256) {
        return ledger.credits[account] + ledger.jurors[ledger.numberOf[account]].credit;
    }
}
