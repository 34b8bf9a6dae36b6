// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A contract that a user is talked into calling: it calls on with its own name, and the user's as `tx.origin`.
contract Relay {
    function relay(address target, bytes calldata data) external payable {
        (bool ok, bytes memory answer) = target.call{value: msg.value}(data);
        if (ok) return;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }
}
