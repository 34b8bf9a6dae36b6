// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IMarketplace} from "../../market/interfaces/IMarketplace.sol";
import {JobTerms} from "../../shared/types/Job.sol";
import {IPermit2} from "../interfaces/IPermit2.sol";
import {Source} from "../types/Offer.sol";

/// @notice Makes a requester's tokens its credit in the Marketplace. Nothing stays in the contract that does it.
library Funding {
    using SafeERC20 for IERC20;

    /// @dev The same on every chain. https://github.com/Uniswap/permit2
    IPermit2 private constant PERMIT2 = IPermit2(0x000000000022D473030F116dDEE9F6B43aC78BA3);
    /// @dev What the requester signs besides is the offer: so the permit is good for no other.
    string private constant WITNESS = "bytes32 offer)TokenPermissions(address token,uint256 amount)";

    /// @dev Takes what is missing of the credit that is needed, and no more.
    /// @param needed In the token's smallest unit.
    /// @param offer The digest of what the requester signed.
    function fund(
        IMarketplace marketplace,
        JobTerms calldata terms,
        uint256 needed,
        bytes32 offer,
        Source source,
        bytes memory permit
    ) internal {
        if (source == Source.Credit) return;
        (address requester, address token) = (terms.requester, terms.token);
        uint256 credit = marketplace.credit(requester, token);
        if (credit >= needed) return;
        uint256 amount = needed - credit;
        if (source == Source.Allowance) {
            if (permit.length > 0) _tryPermit(token, requester, address(marketplace), permit);
            bytes memory data = abi.encodeCall(IMarketplace.addCredit, (requester, token, amount));
            marketplace.callFor(requester, data);
        } else {
            _takeByPermit2(requester, token, amount, offer, permit);
            IERC20(token).forceApprove(address(marketplace), amount);
            marketplace.addCredit(requester, token, amount);
        }
    }

    /// @dev Whether it succeeds does not matter: anybody can use a permit that they see, and then the allowance is there.
    function _tryPermit(address token, address owner, address spender, bytes memory permit) private {
        (uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) = abi.decode(
            permit,
            (uint256, uint256, uint8, bytes32, bytes32)
        );
        bytes memory data = abi.encodeCall(IERC20Permit.permit, (owner, spender, value, deadline, v, r, s));
        assembly ("memory-safe") {
            pop(call(gas(), token, 0, add(data, 32), mload(data), 0, 0))
        }
    }

    function _takeByPermit2(
        address owner,
        address token,
        uint256 amount,
        bytes32 offer,
        bytes memory permit
    ) private {
        (uint256 permitted, uint256 nonce, uint256 deadline, bytes memory signature) = abi.decode(
            permit,
            (uint256, uint256, uint256, bytes)
        );
        PERMIT2.permitWitnessTransferFrom(
            IPermit2.PermitTransferFrom(IPermit2.TokenPermissions(token, permitted), nonce, deadline),
            IPermit2.SignatureTransferDetails(address(this), amount),
            owner,
            offer,
            WITNESS,
            signature
        );
    }
}
