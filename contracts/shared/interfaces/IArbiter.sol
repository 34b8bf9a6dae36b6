// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Dispute, DisputeId, Ruling} from "../types/Dispute.sol";

/// @title Decides disputes of marketplaces
/// @notice A marketplace pays for a dispute to be opened and asks for the ruling later; an arbiter never calls back. So an arbiter
/// can touch nothing but the answer to the disputes that were opened with it.
///
/// A dispute is known by who opened it and by its id, so that several marketplaces can share one arbiter.
interface IArbiter {
    /// @notice What `open` takes for one dispute now, in wei.
    function fee() external view returns (uint256);

    /// @notice Seconds from `open` after which there is a ruling, if everybody uses the time limits that are theirs to use.
    function maxRulingSeconds() external view returns (uint256);

    /// @notice Opens a dispute of the caller. The value sent is `fee()`, exactly.
    function open(Dispute calldata dispute) external payable;

    /// @notice None until the ruling is final, and then the same for ever.
    /// @param arbitrable The marketplace that opened the dispute.
    function ruling(address arbitrable, DisputeId id) external view returns (Ruling);
}
