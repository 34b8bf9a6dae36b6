// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../../../contracts/jury/interfaces/IJuryArbiter.sol";
import {Dispute, DisputeId} from "../../../contracts/shared/types/Dispute.sol";
import {JurorView, JuryParameters, Stage, Standing} from "../../../contracts/jury/types/Jury.sol";
import {Deployed} from "../Deployed.sol";
import {vm} from "../Vm.sol";
import {HarnessMarketplace} from "./HarnessMarketplace.sol";
import {JuryHandler} from "./JuryHandler.sol";
import {ManualRandomness} from "./ManualRandomness.sol";

/// @notice Random sequences of calls, and after each of them the invariants of `invariants.md`, by their numbers. Those about steps
/// (3 to 8, and 10) are checked where the steps are made, by the handler.
contract JuryArbiterTest {
    address private constant BURN = 0x000000000000000000000000000000000000dEaD;

    IJuryArbiter private jury;
    ManualRandomness private randomness;
    JuryHandler private handler;

    /// What the invariants sum up, for each account.
    mapping(address account => uint256) private seats;

    function setUp() external {
        randomness = new ManualRandomness();
        HarnessMarketplace marketplace = new HarnessMarketplace();
        jury = Deployed.juryArbiter(
            JuryParameters({
                marketplace: address(marketplace),
                randomness: randomness,
                ticketWei: 0.01 ether + 7,
                seatFeeWei: 0.0003 ether + 1,
                jurySize: 3,
                noShowSlashBps: 3000,
                minoritySlashBps: 2000,
                epochSeconds: 1 hours,
                commitSeconds: 2 hours,
                revealSeconds: 1 hours,
                appealSeconds: 2 hours,
                unbondingSeconds: 2 hours
            })
        );
        handler = new JuryHandler(jury, randomness, marketplace);
        for (uint256 i = 0; i < handler.STAKERS(); ++i) handler.deposit(i, i * 0.003 ether);
        for (uint256 i = 0; i < 3; ++i) handler.pass(20 minutes - 1);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_books() external {
        uint256 owed = jury.credit(BURN);
        for (uint256 i = 0; i < handler.disputeCount(); ++i) owed += _heldFees(i);
        for (uint256 i = 0; i < handler.ACTORS(); ++i) {
            address account = handler.actor(i);
            JurorView memory juror = jury.juror(account);
            require(juror.seats == seats[account], "2: seats are those of unsettled disputes");
            require(juror.unbonding <= juror.stake, "2: what unbonds is stake");
            require(juror.number == 0 || jury.jurorAt(juror.number) == account, "2: a number is one juror's");
            require(juror.number != 0 || juror.stake == 0, "2: stake is a juror's");
            owed += juror.stake + jury.credit(account);
        }
        require(address(jury).balance == owed, "1: the balance is what is owed");
    }

    /// @dev Invariant 9, at the end of every sequence.
    function afterInvariant() external {
        uint256 later = handler.now_();
        for (uint256 i = 0; i < handler.disputeCount(); ++i) later = _finish(i, later);
        for (uint256 i = 0; i < handler.ACTORS(); ++i) _unbond(handler.actor(i), later);
        for (uint256 i = 0; i < handler.ACTORS(); ++i) _leave(handler.actor(i), later + 2 hours);
        require(
            address(jury).balance == jury.credit(BURN),
            "9: everybody is out, and nothing is left but what was burned"
        );
    }

    /// @dev The fees that a dispute still holds, in wei. Counts its seats.
    function _heldFees(uint256 i) private returns (uint256 held) {
        (DisputeId id, ) = handler.dispute(i);
        Standing memory s = jury.standing(id);
        if (s.stage == Stage.Settled) return 0;
        for (uint8 panel = 0; panel <= s.panel; ++panel) {
            address[] memory jurors = jury.panel(id, panel).jurors;
            for (uint256 k = 0; k < jurors.length; ++k) ++seats[jurors[k]];
        }
        return jury.fee() + (s.appellant == address(0) ? 0 : jury.appealFee());
    }

    /// @dev By time limits alone: nobody votes, and of two disputes one is drawn and the other is not.
    function _finish(uint256 i, uint256 start) private returns (uint256 later) {
        (DisputeId id, Dispute memory dispute) = handler.dispute(i);
        later = start;
        while (true) {
            vm.warp(later);
            Standing memory s = jury.standing(id);
            if (s.stage == Stage.Settled) break;
            if (s.stage == Stage.Final) {
                jury.settle(dispute);
            } else if (s.stage == Stage.Stalled) {
                jury.advance(id);
            } else if (s.stage == Stage.Drawing && i % 2 == 0 && later + 1 == s.endsAt) {
                randomness.fulfil(s.randomness, bytes32(later));
                jury.draw(dispute, "");
            } else {
                later = s.stage == Stage.Drawing && i % 2 == 0 ? s.endsAt - 1 : s.endsAt;
            }
        }
        require(later - start <= jury.maxRulingSeconds(), "9: a ruling comes in bounded time");
    }

    function _unbond(address account, uint256 later) private {
        vm.warp(later);
        JurorView memory juror = jury.juror(account);
        if (juror.stake == juror.unbonding) return;
        vm.prank(account);
        jury.unbond(juror.stake - juror.unbonding);
    }

    function _leave(address account, uint256 later) private {
        vm.warp(later);
        if (jury.juror(account).stake > 0) {
            vm.prank(account);
            jury.withdrawStake(payable(account));
        }
        if (jury.credit(account) > 0) {
            vm.prank(account);
            jury.withdraw(payable(account));
        }
    }
}
