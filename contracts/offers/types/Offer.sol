// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {JobTerms} from "../../shared/types/Job.sol";

/// @notice What a requester signs (EIP-712, or ERC-1271 as a contract): a job whose price is still to be found, and the most that it may cost.
struct Offer {
    /// The job, but for its price: `rewardPerTask` is zero. Its requester is who signs.
    JobTerms terms;
    /// What a task pays at first, in the token's smallest unit.
    uint96 minReward;
    /// What a task pays at most; as much as `minReward` if the price is fixed.
    uint96 maxReward;
    /// Unix second from which the price rises.
    uint40 rampFrom;
    /// Seconds in which it rises from the least to the most, evenly.
    uint32 rampSeconds;
    /// Last second (Unix time) at which the offer may be taken or posted.
    uint40 takeUntil;
    /// Most that the offer may cost in all, fee included, in the token's smallest unit.
    uint256 limit;
    /// What whoever posts the job without claiming it is paid, in the token's smallest unit.
    uint96 fee;
    /// Who may award it; the zero address if nobody: then who takes it first has it.
    address selector;
    /// Last second (Unix time) for which only awarded workers may take it.
    uint40 awardUntil;
    /// How long the turn of a winner lasts, and that of a backup.
    uint32 turnSeconds;
    /// What a bidder stands to lose if it wins and does not claim, in wei.
    uint96 bidBond;
    /// Any number that the requester has not used here; they need not be in order.
    uint256 nonce;
}

/// @notice What a worker signs to ask for a price.
struct Bid {
    /// Hash of the offer (its EIP-712 digest).
    bytes32 offer;
    address worker;
    /// What it asks for a task, in the token's smallest unit.
    uint96 reward;
    /// In how many seconds after its claim it means to submit.
    uint32 workSeconds;
    /// Last second (Unix time) for which the worker stands by it.
    uint40 goodUntil;
    /// Any number that the worker has not used here.
    uint256 nonce;
}

/// @notice What a selector signs: who has which batches, and at which price.
struct Award {
    /// Hash of the offer (its EIP-712 digest).
    bytes32 offer;
    uint32 firstBatch;
    uint32 batchCount;
    address winner;
    /// Has its turn after the winner; the zero address if nobody.
    address backup;
    /// What a task pays.
    uint96 reward;
    /// Unix second at which the winner's turn begins.
    uint40 from;
    /// Hash of the winner's bid (its EIP-712 digest).
    bytes32 bid;
}
