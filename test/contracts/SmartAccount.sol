// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice An account that is a contract: what its owner signs, it has signed. Sent money, it makes a call that it was told before.
contract SmartAccount is IERC1271 {
    address public owner;

    address private target;
    bytes private payload;
    /// What came back of the last call.
    bool public called;
    bytes public answer;

    constructor(address owner_) payable {
        owner = owner_;
    }

    receive() external payable {
        if (target != address(0)) (called, answer) = target.call(payload);
    }

    function hand(address owner_) external {
        owner = owner_;
    }

    function callBack(address target_, bytes calldata payload_) external {
        (target, payload) = (target_, payload_);
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (address signer, , ) = ECDSA.tryRecoverCalldata(hash, signature);
        return signer == owner ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
