// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What a requester signs (EIP-712, or ERC-1271 as a contract) beside the terms of a job, whose price is still to be found: what it
/// may cost, and who may take it. Terms and conditions are an offer; in what is signed, `terms.rewardPerTask` is zero, and `terms.minScore` has
/// no bit `RESERVED`.
struct Conditions {
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

/// @notice How the money of a job comes along.
enum Source {
    /// It is there already, as credit of the requester.
    Credit,
    /// As tokens that the Marketplace may take from the requester, or may by an ERC-2612 permit that comes along: `abi.encode(value,
    /// deadline, v, r, s)`, or nothing.
    Allowance,
    /// As tokens that the requester lets `Offers` take by Permit2, for this offer alone: `abi.encode(permitted, nonce, deadline, signature)`.
    Permit2
}

/// @notice What comes along with an offer that is more than terms, conditions and a signature.
struct Extras {
    /// With zero as its winner: none.
    Award award;
    bytes awardSignature;
    Source source;
    bytes permit;
}

/// @notice The price that the ramp goes on from, after a worker that held the job at it has failed.
struct Resumption {
    /// What a task paid, in the token's smallest unit.
    uint96 reward;
    /// Unix second at which the ramp went on; zero while the offer is not to be had again.
    uint40 since;
}

/// @notice An award with a bond behind it.
struct Registration {
    /// Hash of the award (without the domain).
    bytes32 award;
    /// Unix second at which the winner's turn began.
    uint40 since;
    /// What is held, in wei; zero once it was returned.
    uint96 bond;
}
