// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @notice Play money for local chains: an ERC-20 with permits (ERC-2612), all of it one account's at first.
contract PlayToken is ERC20Permit {
    constructor(address holder, uint256 amount) ERC20("Play Token", "PLAY") ERC20Permit("Play Token") {
        _mint(holder, amount);
    }
}
