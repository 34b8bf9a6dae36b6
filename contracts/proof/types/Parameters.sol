// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What a ProofArbiter is deployed with, fixed for ever.
struct ProofParameters {
    /// Whose disputes it decides.
    address marketplace;
    /// The `IStepVerifier` of steps in which the program runs, and of those between its calls.
    address instructionVerifier;
    address hostStepVerifier;
    /// What opening a dispute takes, in wei.
    uint96 feeWei;
    /// What each party has for all of its moves in one dispute, in seconds. Twice as much is less than what the marketplace waits for.
    uint32 clockSeconds;
}
