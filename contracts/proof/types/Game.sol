// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ruling} from "../../shared/types/Dispute.sol";

/// @notice Where a dispute stands between its two parties.
enum Stage {
    None,
    /// The worker has to begin.
    Opened,
    /// The party whose turn it is has to answer the other's hashes, or to prove a step.
    Playing,
    Over
}

/// @notice What is stored of a dispute: four words.
struct Game {
    Stage stage;
    Ruling ruling;
    bool isChallengersTurn;
    /// The last posted hashes are of states 16^`exponent` steps apart.
    uint8 exponent;
    /// What is left on the clocks, in seconds, and since when the one of the party to move runs.
    uint32 workerLeft;
    uint32 challengerLeft;
    uint40 since;
    /// The state that both agree on, right before the posted ones.
    bytes32 agreed;
    /// The hash of the posted hashes.
    bytes32 posted;
    /// The hash of the machine's root and of what the task's steps follow from.
    bytes32 setup;
}
