// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";

/// @notice An account of the Marketplace that tries to withdraw again whenever it is sent money.
contract ReentrantRecipient {
    IMarketplace private immutable MARKETPLACE;

    /// How often money arrived.
    uint256 public arrivals;
    /// How often a withdrawal within a withdrawal was refused by the guard.
    uint256 public refusals;
    /// What the books still owed this account while its money arrived, in wei.
    uint256 public owedDuringWithdraw;
    uint256 public owedDuringWithdrawStake;

    constructor(IMarketplace marketplace) payable {
        MARKETPLACE = marketplace;
    }

    receive() external payable {
        ++arrivals;
        _tryAgain(abi.encodeCall(IMarketplace.withdraw, (address(0), payable(this))));
        _tryAgain(abi.encodeCall(IMarketplace.withdrawStake, (payable(this))));
        if (arrivals == 1) owedDuringWithdraw = MARKETPLACE.credit(address(this), address(0));
        else owedDuringWithdrawStake = MARKETPLACE.account(address(this)).unbonding;
    }

    /// @dev Calls the Marketplace as this account.
    function forward(uint256 value, bytes calldata data) external {
        (bool ok, ) = address(MARKETPLACE).call{value: value}(data);
        require(ok, "forwarded call failed");
    }

    function _tryAgain(bytes memory data) private {
        (bool ok, bytes memory revertData) = address(MARKETPLACE).call(data);
        if (!ok && bytes4(revertData) == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
            ++refusals;
    }
}
