// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IJuryArbiter} from "../../../contracts/jury/interfaces/IJuryArbiter.sol";

/// @notice A juror that answers money with a call, or with a revert.
contract HostileJuror {
    IJuryArbiter private immutable JURY;

    bytes public answer;
    bool public refuses;
    bool public answered;
    bool public succeeded;

    constructor(IJuryArbiter jury) payable {
        JURY = jury;
    }

    receive() external payable {
        if (refuses) revert("no, thank you");
        if (answer.length == 0) return;
        answered = true;
        (succeeded, ) = address(JURY).call(answer);
    }

    function refuse(bool refuses_) external {
        refuses = refuses_;
    }

    /// @dev What to call when money arrives.
    function answerWith(bytes calldata answer_) external {
        answer = answer_;
    }

    /// @dev Any call to the jury, in this juror's name.
    function act(uint256 value, bytes calldata data) external {
        (bool success, bytes memory result) = address(JURY).call{value: value}(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
        }
    }
}
