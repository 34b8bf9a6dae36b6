// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A program as the machine runs it. Its hash, behind that of the version's name, is `JobSpec.machineRoot`; `docs/machine.md` has the
/// words.
struct Machine {
    bytes32 codeRoot;
    uint256 codeDepth;
    bytes32 memoryRoot;
    bytes32 globalsRoot;
    uint256 globalsDepth;
    bytes32 tableRoot;
    uint256 tableDepth;
    bytes32 dataRoot;
    uint256 dataDepth;
    /// Places of the start function, `alloc` and `run`, of 32 bits each; the start function's is 2³² − 1 where there is none.
    uint256 entries;
    /// Initial size of the memory, in pages of 64 KiB.
    uint256 pages;
    /// Steps of an execution ≤ `stepsPerFuel` · fuel + `slack`.
    uint256 stepsPerFuel;
    uint256 slack;
}

/// @notice What a task's steps follow from, besides its machine.
struct MachineTask {
    /// Most fuel, at most 2⁶³ − 1.
    uint256 maxFuel;
    /// Longest result, in bytes.
    uint256 maxResultBytes;
    /// Of the input's CID, and its length in bytes.
    bytes4 inputPrefix;
    bytes32 inputDigest;
    uint256 inputLength;
}

/// @notice A state before its end, as it is hashed.
struct MachineState {
    /// Phase (u8), then pc, sp, fp, pages, address, length and progress (u32 each), then 24 zero bits.
    uint256 header;
    bytes32 stackRoot;
    bytes32 memoryRoot;
    bytes32 globalsRoot;
    /// The phase's own hash.
    bytes32 own;
}

/// @notice How a task ended, as its result leaf says it.
struct Ending {
    /// 1 ok, 2 trap, 3 over limit; 0 while there is none.
    uint256 outcome;
    bytes4 prefix;
    bytes32 digest;
    uint256 byteLength;
}
