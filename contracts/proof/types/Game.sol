// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ruling} from "../../shared/types/Dispute.sol";

/// @notice Where a dispute stands between its two parties.
enum Stage {
    None,
    /// A wrong result: the worker has to begin.
    Opened,
    /// The party whose turn it is has to answer the other's hashes, or to prove a step.
    Playing,
    /// An unavailable result: the challenger has to name chunks of it.
    Asking,
    /// The worker has to show the chunks that were named.
    Showing,
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

/// @notice The chunks of a result that a challenger named: three words.
struct Request {
    /// Indices of chunks of 1 KiB in the whole result, in ascending order; `count` of them.
    uint32[8] chunks;
    uint8 count;
    /// Bit *i*: the worker has not shown the chunk at place *i*.
    uint8 missing;
    /// Of a result above 1 MiB: the block whose link was shown last, plus one, and whether the link is known whole.
    uint32 linked;
    bool isLinkWhole;
    /// The block's digest, as far as it is known.
    bytes32 link;
}
