// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Award} from "../types/Offer.sol";

/// @notice Whose turn it is to claim an awarded batch. It follows from times that were signed: nothing is stored.
library Turns {
    /// @dev The winner's turn is [from, from + turn), the backup's as long after it. A winner that claimed in its turn and failed is overdue
    /// `submitWindowSeconds` later: the batch is the backup's again, from the first such moment until a turn after the last. Then it is anybody's.
    /// @param from When the winner's turn begins.
    function isTurnOf(
        address worker,
        Award memory award,
        uint256 from,
        uint256 turnSeconds,
        uint256 submitWindowSeconds
    ) internal view returns (bool) {
        if (block.timestamp < from) return false;
        uint256 since = block.timestamp - from;
        bool isWinners = since < turnSeconds;
        if (isWinners && worker == award.winner) return true;
        bool isBackups = !isWinners && since < 2 * turnSeconds;
        isBackups =
            isBackups || (since >= submitWindowSeconds && since < submitWindowSeconds + 2 * turnSeconds);
        if (isBackups && award.backup != address(0)) return worker == award.backup;
        return !isWinners;
    }
}
