// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Ledger} from "../types/Ledger.sol";
import {Rights} from "../types/Rights.sol";
import {SignedCall} from "../types/SignedCall.sol";

/// @notice Who may call in whose name: operators that the account approved, and whoever brings its signature.
library SeamLib {
    using SeamLib for Ledger;

    bytes32 private constant CALL_TYPEHASH = keccak256(
        "Call(address account,bytes data,uint256 value,uint256 nonce,uint256 deadline)"
    );

    function hashOf(SignedCall calldata call) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    CALL_TYPEHASH,
                    call.account,
                    keccak256(call.data),
                    call.value,
                    call.nonce,
                    call.deadline
                )
            );
    }

    /// @param digest What was signed.
    function checkSigned(
        Ledger storage ledger,
        SignedCall calldata call,
        bytes32 digest,
        bytes calldata signature
    ) internal {
        address account = call.account;
        // Check: with what was signed, in time, for the first time. Otherwise a stranger could use up a signature with another value.
        if (msg.value != call.value) revert IMarketplace.Marketplace_WrongValue(msg.value, call.value);
        if (block.timestamp > call.deadline) {
            revert IMarketplace.Marketplace_SignatureExpired(account, call.deadline);
        }
        (uint256 word, uint256 bit) = (call.nonce >> 8, 1 << (call.nonce & 255));
        uint256 used = ledger.nonces[account][word];
        if (used & bit != 0) revert IMarketplace.Marketplace_NonceUsed(account, call.nonce);
        // Effect: not a second time.
        ledger.nonces[account][word] = used | bit;
        // Check: signed by the account's key, which most have; else the account is a contract, and is asked.
        (address signer, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (
            (signer != account || account == address(0)) &&
            !SignatureChecker.isValidERC1271SignatureNowCalldata(account, digest, signature)
        ) revert IMarketplace.Marketplace_WrongSignature(account);
    }

    function checkOperator(
        Ledger storage ledger,
        address account,
        address operator,
        bytes calldata data
    ) internal view {
        uint256 needed = _rightFor(bytes4(data));
        if (needed == 0 || ledger.rights[account][operator] & needed == 0) {
            revert IMarketplace.Marketplace_NoRight(account, operator, needed);
        }
    }

    /// @dev Zero for a call that acts for nobody, or that an account makes itself alone.
    function _rightFor(bytes4 selector) private pure returns (uint256) {
        if (
            selector == IMarketplace.claim.selector ||
            selector == IMarketplace.submit.selector ||
            selector == IMarketplace.release.selector
        ) return Rights.WORK;
        if (
            selector == IMarketplace.post.selector ||
            selector == IMarketplace.postWithPermit.selector ||
            selector == IMarketplace.postFromCredit.selector ||
            selector == IMarketplace.cancel.selector
        ) return Rights.REQUEST;
        if (
            selector == IMarketplace.prepare.selector ||
            selector == IMarketplace.challenge.selector ||
            selector == IMarketplace.demand.selector ||
            selector == IMarketplace.reclaim.selector
        ) return Rights.QUESTION;
        if (
            selector == IMarketplace.deposit.selector ||
            selector == IMarketplace.unbond.selector ||
            selector == IMarketplace.rebond.selector
        ) return Rights.STAKE;
        if (selector == IMarketplace.withdraw.selector || selector == IMarketplace.withdrawStake.selector)
            return Rights.PAYOUT;
        return 0;
    }
}
