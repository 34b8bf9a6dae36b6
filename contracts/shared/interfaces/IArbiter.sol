// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Dispute, DisputeId, Ruling} from "../types/Dispute.sol";

/// @title Decides disputes of a marketplace
/// @notice A marketplace pays for a dispute to be opened and asks for the ruling later; an arbiter never calls back. So an arbiter
/// can touch nothing but the answer to the disputes that were opened with it.
interface IArbiter {
    /// @notice What `open` takes for one dispute now, in wei.
    function fee() external view returns (uint256);

    /// @notice Seconds from `open` after which there is a ruling, if everybody uses the time limits that are theirs to use.
    function maxRulingSeconds() external view returns (uint256);

    /// @notice Whether a dispute of these parties would be decided if it were opened now. Workers do not claim, and requesters do not
    /// post, while it would not.
    function canDecide(address requester, address worker) external view returns (bool);

    /// @notice Opens a dispute. The value sent is `fee()`, exactly. The caller is a marketplace that the arbiter serves: anybody else
    /// could invent disputes that nobody hears of.
    function open(Dispute calldata dispute) external payable;

    /// @notice None until the ruling is final, and then the same for ever.
    function ruling(DisputeId id) external view returns (Ruling);
}
