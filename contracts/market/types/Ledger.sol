// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Account} from "./Account.sol";
import {Batch} from "./Batch.sol";
import {JobId} from "../../shared/types/Job.sol";

/// @notice Everything that the marketplace stores. The libraries are its transitions.
struct Ledger {
    /// Batches by job and index. The job's own state lies in its batch 0: see {Batch}.
    mapping(JobId job => mapping(uint32 batch => Batch)) batches;
    /// Stake, by account.
    mapping(address account => Account) accounts;
    /// What an account may withdraw, in the token's smallest unit; the zero address is the native coin.
    mapping(address account => mapping(address token => uint256)) credits;
    /// Number of the block in which a challenge was prepared, by its commitment; zero once it is used.
    mapping(bytes32 commitment => uint256) prepared;
}
