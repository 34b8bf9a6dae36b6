// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IArbiter} from "../../../contracts/shared/interfaces/IArbiter.sol";
import {Dispute, DisputeId, Ruling} from "../../../contracts/shared/types/Dispute.sol";

/// @notice An arbiter that calls its marketplace while a dispute is opened with it.
contract CallingArbiter is IArbiter {
    bytes[] private payloads;
    bytes4[] public answers;

    function callBack(bytes[] calldata payloads_) external {
        payloads = payloads_;
    }

    function fee() external pure returns (uint256) {
        return 1;
    }

    function maxRulingSeconds() external pure returns (uint256) {
        return 0;
    }

    function open(Dispute calldata) external payable {
        for (uint256 i = 0; i < payloads.length; ++i) {
            (bool ok, bytes memory answer) = msg.sender.call(payloads[i]);
            answers.push(ok ? bytes4(0) : bytes4(answer));
        }
    }

    function canDecide(address, address) external pure returns (bool) {
        return true;
    }

    function ruling(DisputeId) external pure returns (Ruling) {
        return Ruling.None;
    }
}
