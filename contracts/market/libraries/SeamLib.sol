// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {JobTerms} from "../../shared/types/Job.sol";
import {IAgent} from "../interfaces/IAgent.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Ledger} from "../types/Ledger.sol";
import {Rights} from "../types/Rights.sol";
import {SignedCall} from "../types/SignedCall.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice Who may call in whose name: operators that the account approved, and whoever brings its signature.
library SeamLib {
    using SeamLib for Ledger;

    bytes32 private constant CALL_TYPEHASH = keccak256(
        "Call(address account,bytes data,uint256 value,uint256 nonce,uint256 deadline)"
    );

    // Which calls need which right, by their selectors. What an operator can spend on jobs, it can pay at once.
    uint256 private constant REQUEST_CALLS =
        uint256(uint32(IMarketplace.postFromCredit.selector)) |
            (uint256(uint32(IMarketplace.giveCredit.selector)) << 32) |
            (uint256(uint32(IMarketplace.post.selector)) << 64) |
            (uint256(uint32(IMarketplace.postWithPermit.selector)) << 96) |
            (uint256(uint32(IMarketplace.cancel.selector)) << 128) |
            (uint256(uint32(IMarketplace.addCredit.selector)) << 160);
    uint256 private constant WORK_CALLS =
        uint256(uint32(IMarketplace.claim.selector)) |
            (uint256(uint32(IMarketplace.submit.selector)) << 32) |
            (uint256(uint32(IMarketplace.release.selector)) << 64) |
            (uint256(uint32(IMarketplace.take.selector)) << 96) |
            (uint256(uint32(IMarketplace.claimReserved.selector)) << 128);
    uint256 private constant QUESTION_CALLS =
        uint256(uint32(IMarketplace.prepare.selector)) |
            (uint256(uint32(IMarketplace.challenge.selector)) << 32) |
            (uint256(uint32(IMarketplace.demand.selector)) << 64) |
            (uint256(uint32(IMarketplace.reclaim.selector)) << 96);
    uint256 private constant STAKE_CALLS =
        uint256(uint32(IMarketplace.deposit.selector)) |
            (uint256(uint32(IMarketplace.unbond.selector)) << 32) |
            (uint256(uint32(IMarketplace.rebond.selector)) << 64);
    uint256 private constant PAYOUT_CALLS =
        uint256(uint32(IMarketplace.withdraw.selector)) |
            (uint256(uint32(IMarketplace.withdrawStake.selector)) << 32);

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

    /// @dev The requester's agent admits the worker. Nothing was read that is used later: an agent is a stranger's code.
    function consult(
        Ledger storage ledger,
        address agent,
        address worker,
        JobTerms calldata terms,
        uint32 batch,
        bool isPosted,
        bytes calldata permission
    ) internal {
        // Check: it speaks for the requester.
        if (ledger.rights[terms.requester][agent] & Rights.REQUEST == 0) {
            revert IMarketplace.Marketplace_NoRight(terms.requester, agent, Rights.REQUEST);
        }
        // Interaction, and check: it says that it has admitted the worker, and in so many words.
        bytes4 selector = IAgent.admit.selector;
        bool isAdmitted;
        uint256 termsBytes = TermsLib.TERMS_BYTES;
        // `admit(worker, terms, batch, isPosted, permission)`: the terms are static, and go as they came.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 4), worker)
            calldatacopy(add(free, 36), terms, termsBytes)
            mstore(add(free, 452), batch)
            mstore(add(free, 484), isPosted)
            mstore(add(free, 516), 544)
            mstore(add(free, 548), permission.length)
            calldatacopy(add(free, 580), permission.offset, permission.length)
            if iszero(call(gas(), agent, 0, free, add(580, permission.length), 0, 32)) {
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
            isAdmitted := and(gt(returndatasize(), 31), eq(mload(0), selector))
        }
        if (!isAdmitted) revert IMarketplace.Marketplace_NoRight(terms.requester, agent, Rights.REQUEST);
    }

    /// @dev Zero for a call that acts for nobody, or that an account makes itself alone.
    function _rightFor(bytes4 selector) private pure returns (uint256) {
        if (_isIn(selector, REQUEST_CALLS)) return Rights.REQUEST;
        if (_isIn(selector, WORK_CALLS)) return Rights.WORK;
        if (_isIn(selector, QUESTION_CALLS)) return Rights.QUESTION;
        if (_isIn(selector, STAKE_CALLS)) return Rights.STAKE;
        if (_isIn(selector, PAYOUT_CALLS)) return Rights.PAYOUT;
        return 0;
    }

    /// @param calls Selectors, four bytes each.
    function _isIn(bytes4 selector, uint256 calls) private pure returns (bool) {
        for (; calls != 0; calls >>= 32) {
            if (uint32(calls) == uint32(selector)) return true;
        }
        return false;
    }
}
