// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IMarketplace} from "../../market/interfaces/IMarketplace.sol";
import {JobTerms} from "../../shared/types/Job.sol";
import {IOffers} from "../interfaces/IOffers.sol";
import {OfferHashes} from "../libraries/OfferHashes.sol";
import {Award, Bid, Conditions} from "../types/Offer.sol";

/// @notice What is signed, who signed it, and which numbers are used up.
abstract contract Signatures is IOffers, EIP712 {
    IMarketplace public immutable MARKETPLACE;

    /// @dev 128 a word: a bit for each that is used, and 128 above it one for each that is cancelled.
    mapping(address account => mapping(uint256 word => uint256)) internal nonceWords;

    constructor(IMarketplace marketplace) EIP712("Assay Offers", "1") {
        MARKETPLACE = marketplace;
    }

    /// @inheritdoc IOffers
    function cancelNonces(uint256 word, uint128 mask) external {
        nonceWords[msg.sender][word] |= uint256(mask) << 128;
        emit NoncesCancelled(msg.sender, word, mask);
    }

    /// @inheritdoc IOffers
    function offerDigest(
        JobTerms calldata terms,
        Conditions calldata conditions
    ) external view returns (bytes32) {
        return _offerDigest(terms, conditions);
    }

    function _offerDigest(
        JobTerms calldata terms,
        Conditions memory conditions
    ) internal view returns (bytes32) {
        return _hashTypedDataV4(OfferHashes.ofOffer(terms, conditions));
    }

    /// @inheritdoc IOffers
    function bidDigest(Bid calldata bid) public view returns (bytes32) {
        return _hashTypedDataV4(OfferHashes.ofBid(bid));
    }

    /// @inheritdoc IOffers
    function awardDigest(Award calldata award) external view returns (bytes32) {
        return _hashTypedDataV4(OfferHashes.ofAward(award));
    }

    /// @inheritdoc IOffers
    function nonces(address account, uint256 word) external view returns (uint256) {
        return nonceWords[account][word];
    }

    /// @dev By the account's key, which most have; else the account is a contract, and is asked.
    function _checkSignature(address account, bytes32 digest, bytes memory signature) internal view {
        (address signer, , ) = ECDSA.tryRecover(digest, signature);
        if (signer != account || account == address(0)) _ask(account, digest, signature);
    }

    function _ask(address account, bytes32 digest, bytes memory signature) internal view {
        if (!SignatureChecker.isValidERC1271SignatureNow(account, digest, signature)) {
            revert Offers_WrongSignature(account, digest);
        }
    }
}
