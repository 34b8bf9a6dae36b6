// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IOffers} from "../interfaces/IOffers.sol";
import {Award, Conditions, Extras} from "../types/Offer.sol";

/// @notice How conditions and signatures of an offer come along: three forms, told apart by their first byte. Bytes of a transaction cost
/// more than what it takes to read a shorter form.
library Permissions {
    /// @dev `abi.encode(conditions, signature, extras)`.
    bytes1 private constant WHOLE = 0x00;
    /// @dev Of an offer that nobody awards, paid from credit, packed: minReward, maxReward (12 bytes each), rampFrom (5), rampSeconds (4), takeUntil
    /// (5), limit (16), fee (12), nonce (8), signature.
    bytes1 private constant PLAIN = 0x01;
    /// @dev Of an offer that was awarded, paid from credit: `abi.encode(conditions, signature, award, awardSignature)`.
    bytes1 private constant AWARDED = 0x02;

    uint256 private constant SIGNATURE_FROM = 75;

    function isPlain(bytes calldata permission) internal pure returns (bool) {
        return permission.length >= SIGNATURE_FROM && permission[0] == PLAIN;
    }

    /// @dev Of a plain one.
    function unpack(
        bytes calldata permission
    ) internal pure returns (Conditions memory conditions, bytes calldata signature) {
        assembly ("memory-safe") {
            let from := permission.offset
            mstore(conditions, shr(160, calldataload(add(from, 1))))
            mstore(add(conditions, 32), shr(160, calldataload(add(from, 13))))
            mstore(add(conditions, 64), shr(216, calldataload(add(from, 25))))
            mstore(add(conditions, 96), shr(224, calldataload(add(from, 30))))
            mstore(add(conditions, 128), shr(216, calldataload(add(from, 34))))
            mstore(add(conditions, 160), shr(128, calldataload(add(from, 39))))
            mstore(add(conditions, 192), shr(160, calldataload(add(from, 55))))
            mstore(add(conditions, 352), shr(192, calldataload(add(from, 67))))
        }
        signature = permission[SIGNATURE_FROM:];
    }

    function decode(
        bytes calldata permission
    ) internal pure returns (Conditions memory conditions, bytes memory signature, Extras memory extras) {
        if (isPlain(permission)) {
            (conditions, signature) = unpack(permission);
        } else if (permission.length > 0 && permission[0] == WHOLE) {
            return abi.decode(permission[1:], (Conditions, bytes, Extras));
        } else if (permission.length > 0 && permission[0] == AWARDED) {
            (conditions, signature, extras.award, extras.awardSignature) = abi.decode(
                permission[1:],
                (Conditions, bytes, Award, bytes)
            );
        } else {
            revert IOffers.Offers_NoConditions();
        }
    }
}
