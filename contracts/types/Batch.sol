// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @dev open → claimed → submitted → settled, with expiry and cancellation; `docs/protocol.md` has the diagram.
/// `Challenged` takes its place between `Submitted` and the rest when challenges arrive.
enum BatchStatus {
    Open,
    Claimed,
    Submitted,
    Settled
}
