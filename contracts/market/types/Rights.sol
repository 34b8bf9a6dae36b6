// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What an operator may do in an account's name: a set of bits.
library Rights {
    /// Post and cancel its jobs, paid from its credit or from tokens that it approved; make credit of these, and give credit away; say who
    /// may work for it, as its agent.
    uint256 internal constant REQUEST = 1;
    /// Take, claim, submit and release batches with its stake.
    uint256 internal constant WORK = 2;
    /// Prepare, ask and reclaim questions.
    uint256 internal constant QUESTION = 4;
    /// Deposit, unbond and rebond its stake.
    uint256 internal constant STAKE = 8;
    /// Withdraw its stake and its credit, to wherever the operator says.
    uint256 internal constant PAYOUT = 16;

    uint256 internal constant ALL = 31;
}
