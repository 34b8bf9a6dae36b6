// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Cid} from "./Cid.sol";

/// @notice What a worker says that one task gave: a leaf of its result tree, before it is hashed.
struct ResultLeaf {
    /// Index of the task in the job.
    uint32 position;
    /// 1 ok, 2 trap, 3 over limit. What else a worker committed to is a wrong result like any other.
    uint8 outcome;
    /// The result; zero unless the outcome is ok.
    Cid cid;
    /// Size of the result, in bytes; zero unless the outcome is ok.
    uint32 byteLength;
}
