// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Permit} from "../types/Permit.sol";

/// @notice Money in and out: the native coin (the zero address) and any ERC-20 token.
/// @dev Tokens are strangers' code. Whoever calls these functions holds the reentrancy guard, and every token's money is booked
/// under its own address: a token that lies about balances, or changes them later, robs only those who use it.
library TokenLib {
    using Address for address payable;
    using SafeERC20 for IERC20;

    /// @return received What arrived, by the balance: of a token that takes a fee of transfers it is less than `amount`.
    function receiveFrom(address token, address from, uint256 amount) internal returns (uint256 received) {
        if (token == address(0)) return msg.value;
        if (msg.value != 0) revert IMarketplace.Marketplace_WrongValue(msg.value, 0);
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(from, address(this), amount);
        return IERC20(token).balanceOf(address(this)) - before;
    }

    function send(address token, address payable to, uint256 amount) internal {
        if (token == address(0)) to.sendValue(amount);
        else IERC20(token).safeTransfer(to, amount);
    }

    /// @dev Whether it succeeds does not matter: anybody can use a signature that they see, and then the allowance is there
    /// already. If it is not, the transfer fails.
    function tryPermit(address token, address owner, uint256 amount, Permit calldata permit) internal {
        bytes memory data = abi.encodeCall(
            IERC20Permit.permit,
            (owner, address(this), amount, permit.deadline, permit.v, permit.r, permit.s)
        );
        assembly ("memory-safe") {
            pop(call(gas(), token, 0, add(data, 32), mload(data), 0, 0))
        }
    }
}
