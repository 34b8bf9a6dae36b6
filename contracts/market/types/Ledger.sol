// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Account} from "./Account.sol";
import {Batch} from "./Batch.sol";
import {JobId} from "../../shared/types/Job.sol";
import {Preparation} from "./Question.sol";

/// @notice Everything that the marketplace stores. The libraries are its transitions.
struct Ledger {
    /// Batches by job and index. The job's own state lies in its batch 0: see {Batch}.
    mapping(JobId job => mapping(uint32 batch => Batch)) batches;
    /// Stake, by account.
    mapping(address account => Account) accounts;
    /// What an account may withdraw, in the token's smallest unit; the zero address is the native coin.
    mapping(address account => mapping(address token => uint256)) credits;
    /// Commitments to questions, and the money behind them.
    mapping(address asker => mapping(bytes32 commitment => Preparation)) prepared;
    /// Leaves that an arbiter found right, by `QuestionLib.leafKey`.
    mapping(bytes32 leafKey => bool) stands;
    /// What an account lets another do in its name, as a set of {Rights}.
    mapping(address account => mapping(address operator => uint256)) rights;
    /// Nonces of signed calls that are used up, a bit each, 256 a word.
    mapping(address account => mapping(uint256 word => uint256)) nonces;
}
