// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {JobTerms} from "../../shared/types/Job.sol";

/// @title Decides for requesters who may take their work
/// @notice A contract that requesters gave the right `REQUEST`. The Marketplace asks it before a worker posts a job in the requester's name,
/// or claims a reserved batch.
interface IAgent {
    /// @notice Reverts unless `worker` may have the batch. The caller is the Marketplace; `terms.requester` gave this contract the right
    /// `REQUEST`.
    /// @param isPosted Whether the job is there already; else it is posted with these terms, from the requester's credit.
    /// @param permission Whatever the agent needs to know, as the worker brought it.
    /// @return This function's selector. Without it nobody is admitted: a contract that takes any call is an operator, and no agent.
    function admit(
        address worker,
        JobTerms calldata terms,
        uint32 batch,
        bool isPosted,
        bytes calldata permission
    ) external returns (bytes4);
}
