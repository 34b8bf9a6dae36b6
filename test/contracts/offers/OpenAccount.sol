// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice An account that takes any call and answers nothing, as the fallback of many a wallet does.
contract OpenAccount {
    fallback() external payable {}
}
