// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../interfaces/IJuryArbiter.sol";
import {JuryParameters} from "../types/Jury.sol";

/// @notice Refuses numbers with which a jury would never rule, cost nothing, or hold stake for ever.
library JuryBounds {
    uint256 internal constant BPS = 10_000;

    /// @dev The bounds of `docs/jury.md`.
    function check(JuryParameters memory p) internal view {
        if (p.marketplace.code.length == 0) revert IJuryArbiter.JuryArbiter_NoMarketplace(p.marketplace);
        address randomness = address(p.randomness);
        if (randomness.code.length == 0) revert IJuryArbiter.JuryArbiter_NoRandomness(randomness);
        _check("jurySize", p.jurySize, 3, 7);
        if (p.jurySize % 2 == 0) revert IJuryArbiter.JuryArbiter_EvenJury(p.jurySize);
        _check("ticketWei", p.ticketWei, 1e12, 1e24);
        _check("noShowSlashBps", p.noShowSlashBps, 100, BPS);
        _check("minoritySlashBps", p.minoritySlashBps, 100, BPS);
        // Being wrong or absent must not cost less than being right pays.
        uint256 bps = p.noShowSlashBps < p.minoritySlashBps ? p.noShowSlashBps : p.minoritySlashBps;
        _check("seatFeeWei", p.seatFeeWei, 1, (p.ticketWei * bps) / BPS);
        _check("epochSeconds", p.epochSeconds, 1 minutes, 1 days);
        _check("commitSeconds", p.commitSeconds, 1 minutes, 7 days);
        _check("revealSeconds", p.revealSeconds, 1 minutes, 7 days);
        _check("appealSeconds", p.appealSeconds, 1 minutes, 7 days);
        // A draw may look back one epoch and a bit: whom it finds must still have the stake that it was found by.
        _check("unbondingSeconds", p.unbondingSeconds, 2 * p.epochSeconds, 60 days);
    }

    function _check(bytes32 what, uint256 value, uint256 least, uint256 most) private pure {
        if (value < least || value > most)
            revert IJuryArbiter.JuryArbiter_OutOfBounds(what, value, least, most);
    }
}
