// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @title Randomness that nobody knows when it is asked for
/// @notice A request fixes which value it will be; the value becomes known later and is then the same for everybody. A source keeps no
/// book of who asked: equal requests may share a value, so users mix in what is theirs.
interface IRandomness {
    enum Status {
        /// Not known to anybody yet, as far as the chain can tell.
        Pending,
        /// `read` gives it.
        Ready,
        /// It can no longer be read, and never will be.
        Lost
    }

    /// @notice The value of this request is not ready, or lost.
    error Randomness_NotReady(uint64 id, Status status);

    /// @notice What was brought along does not prove the value of this request.
    error Randomness_WrongProof(uint64 id);

    /// @notice Asks for a value that is not known yet.
    function request() external returns (uint64 id);

    /// @notice Whether the value of a request can be read.
    function status(uint64 id) external view returns (Status);

    /// @notice The value of a request. Reverts unless it is ready and `proof` is what the source asks for.
    /// @param proof What the source needs in order to check the value, empty for one that finds it on chain by itself.
    function read(uint64 id, bytes calldata proof) external view returns (bytes32);
}
