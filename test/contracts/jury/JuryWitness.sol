// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../../../contracts/jury/interfaces/IJuryArbiter.sol";
import {Dispute, DisputeId, Ground, Ruling} from "../../../contracts/shared/types/Dispute.sol";
import {JobId} from "../../../contracts/shared/types/Job.sol";
import {JuryParameters, PanelView, Stage, Standing} from "../../../contracts/jury/types/Jury.sol";
import {vm} from "../Vm.sol";
import {HarnessMarketplace} from "./HarnessMarketplace.sol";
import {ManualRandomness} from "./ManualRandomness.sol";

/// @notice Sees every state that the jury goes through, and refuses steps that `invariants.md` forbids.
abstract contract JuryWitness {
    uint256 internal constant MAX_DISPUTES = 8;
    /// The first so many actors stake; the others are parties, appellants and bystanders.
    uint256 public constant STAKERS = 13;
    uint256 public constant ACTORS = 17;

    IJuryArbiter internal immutable JURY;
    ManualRandomness internal immutable RANDOMNESS;
    HarnessMarketplace internal immutable MARKETPLACE;
    uint256 private immutable EPOCH_SECONDS;
    uint256 internal immutable TICKET_WEI;
    uint256 private immutable JURY_SIZE;

    /// Unix seconds: the test's own clock, so that it never depends on what the test runner does with the block's.
    uint256 public now_ = 2_000_000_000;

    Dispute[] internal disputes;
    DisputeId[] internal ids;

    /// Tickets at the start of the current epoch, and whose they are.
    uint256 private epoch;
    uint256 private startTotal;
    mapping(uint256 actor => uint256) private startTickets;

    struct Seen {
        uint256 progress;
        Ruling ruling;
        uint256 drawn;
    }
    mapping(uint256 dispute => Seen) private seen;
    /// Tickets in the stakes that a panel is drawn from.
    mapping(uint256 dispute => mapping(uint256 request => mapping(address => uint256))) private eligible;
    mapping(uint256 dispute => mapping(uint256 panel => PanelView)) private panelSeen;

    constructor(IJuryArbiter jury, ManualRandomness randomness, HarnessMarketplace marketplace) {
        (JURY, RANDOMNESS, MARKETPLACE) = (jury, randomness, marketplace);
        JuryParameters memory p = jury.parameters();
        (EPOCH_SECONDS, TICKET_WEI, JURY_SIZE) = (p.epochSeconds, p.ticketWei, p.jurySize);
    }

    function disputeCount() external view returns (uint256) {
        return disputes.length;
    }

    function dispute(uint256 i) external view returns (DisputeId, Dispute memory) {
        return (ids[i], disputes[i]);
    }

    /// @dev Plays at `now_`, and looks at what has changed.
    modifier witnessed() {
        vm.warp(now_);
        _enterEpoch();
        _;
        require(JURY.totalTickets() == startTotal, "4: the stakes of an epoch do not change in it");
        for (uint256 i = 0; i < disputes.length; ++i) _checkDispute(i);
    }

    /// @dev Whoever is paid out stake has as much left as its seats lock.
    modifier keepsLocked(address account) {
        uint256 stake = JURY.juror(account).stake;
        uint256 balance = account.balance;
        _;
        bool paidOut = JURY.juror(account).stake < stake && account.balance > balance;
        uint256 locked = JURY.juror(account).seats * TICKET_WEI;
        require(!paidOut || JURY.juror(account).stake >= locked, "3: locked stake was withdrawn");
    }

    function _enterEpoch() internal {
        if (now_ / EPOCH_SECONDS == epoch) return;
        epoch = now_ / EPOCH_SECONDS;
        startTotal = 0;
        for (uint256 i = 0; i < ACTORS; ++i) {
            startTickets[i] = JURY.juror(actor(i)).tickets;
            startTotal += startTickets[i];
        }
    }

    function _checkDispute(uint256 i) private {
        Standing memory s = JURY.standing(ids[i]);
        Seen storage last = seen[i];

        uint256 request = (uint256(s.panel) << 8) | s.requests;
        uint256 progress = (request << 8) | uint256(s.stage);
        require(progress >= last.progress, "5: a dispute goes on, never back");
        if (last.progress >> 8 != request) {
            for (uint256 k = 0; k < ACTORS; ++k) eligible[i][request][actor(k)] = startTickets[k];
        }
        last.progress = progress;

        Ruling ruling = JURY.ruling(ids[i]);
        require(last.ruling == Ruling.None || ruling == last.ruling, "6: a ruling is for ever");
        require((ruling != Ruling.None) == (s.stage >= Stage.Final), "6: a final dispute has a ruling");
        require(s.stage >= Stage.Final || s.stage == Stage.Appealable || s.ruling == Ruling.None, "6: early");
        last.ruling = ruling;

        _checkPanel(i, s, request);
    }

    function _checkPanel(uint256 i, Standing memory s, uint256 request) private {
        PanelView memory panel = JURY.panel(ids[i], s.panel);
        PanelView storage before = panelSeen[i][s.panel];
        bool old = before.commitEndsAt != 0;
        if (!old && panel.commitEndsAt != 0) _checkDraw(i, s, panel.jurors, request);
        if (s.stage == Stage.Settled) return;
        for (uint256 k = 0; k < panel.jurors.length; ++k) {
            require(!old || panel.jurors[k] == before.jurors[k], "7: a seat has one juror");
            require(
                panel.committed[k] || panel.verdicts[k] == Ruling.None,
                "7: only what was committed to is revealed"
            );
            require(
                s.stage >= Stage.Revealing || panel.verdicts[k] == Ruling.None,
                "7: nothing is revealed while jurors commit"
            );
            if (!old) continue;
            require(panel.committed[k] || !before.committed[k], "7: a commitment stays");
            require(
                before.verdicts[k] == Ruling.None || before.verdicts[k] == panel.verdicts[k],
                "7: a verdict stays"
            );
        }
        panelSeen[i][s.panel] = panel;
    }

    /// @dev Invariant 8.
    function _checkDraw(uint256 i, Standing memory s, address[] memory jurors, uint256 request) private view {
        uint256 left = 0;
        for (uint256 k = 0; k < ACTORS; ++k) {
            address account = actor(k);
            uint256 tickets = _isParty(i, account) ? 0 : eligible[i][request][account];
            left += tickets;
            uint256 own = 0;
            for (uint256 seat = 0; seat < jurors.length; ++seat) if (jurors[seat] == account) ++own;
            require(own == 0 || !_isParty(i, account), "8: nobody sits on its own case");
            require(own <= tickets, "8: a seat is a ticket, which was there when the epoch began");
        }
        uint256 most = s.panel < 2 ? JURY_SIZE : 2 * JURY_SIZE + 1;
        if (left < most) most = left;
        require(jurors.length == (most == 0 ? 0 : most - 1 + (most % 2)), "8: as many seats as there can be");
    }

    function _isParty(uint256 i, address account) private view returns (bool) {
        return
            account == disputes[i].requester ||
            account == disputes[i].worker ||
            account == disputes[i].challenger;
    }

    /// @dev By the marketplace, if there is anybody to judge.
    function _open(uint256 seed) internal {
        Dispute memory d = _invent(seed);
        if (JURY.eligibleTickets(d.requester, d.worker, d.challenger) == 0) return;
        vm.deal(address(this), address(this).balance + d.fee);
        MARKETPLACE.open{value: d.fee}(JURY, d);
        disputes.push(d);
        ids.push(JURY.disputeId(d));
    }

    function _invent(uint256 seed) internal view returns (Dispute memory) {
        uint256 n = disputes.length;
        return
            Dispute({
                job: JobId.wrap(keccak256(abi.encode(n / 2))),
                specHash: keccak256("spec"),
                batch: uint32(seed >> 8),
                round: uint32(seed % 3),
                number: 1,
                position: uint32(n),
                ground: Ground.WrongResult,
                requester: _party(seed >> 40),
                worker: _party(seed >> 80),
                challenger: _party(seed >> 120),
                resultRoot: bytes32(seed),
                resultLeaf: bytes32(seed >> 1),
                answer: bytes32(seed >> 2),
                openedAt: uint40(now_),
                bond: uint96(seed >> 160),
                fee: uint96(JURY.fee())
            });
    }

    /// @dev At times a juror is a party.
    function _party(uint256 seed) private pure returns (address) {
        return seed % 4 == 0 ? actor(seed >> 2) : actor(STAKERS + (seed % (ACTORS - STAKERS)));
    }

    function _deposit(address account, uint256 amount) internal {
        vm.deal(account, account.balance + amount);
        vm.prank(account);
        JURY.deposit{value: amount}();
    }

    /// @dev The first dispute at this stage, from a random one on.
    function _find(uint256 seed, Stage stage) internal view returns (bool found, uint256 i) {
        for (uint256 k = 0; k < disputes.length; ++k) {
            i = ((seed % disputes.length) + k) % disputes.length;
            if (JURY.standing(ids[i]).stage == stage) return (true, i);
        }
    }

    function actor(uint256 seed) public pure returns (address) {
        return address(uint160(0xA55A0000 + (seed % ACTORS)));
    }
}
