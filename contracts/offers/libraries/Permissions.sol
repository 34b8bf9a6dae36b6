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

    // Of a plain one, what stands where.

    function minReward(bytes calldata plain) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(160, calldataload(add(plain.offset, 1)))
        }
    }

    function maxReward(bytes calldata plain) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(160, calldataload(add(plain.offset, 13)))
        }
    }

    function ramp(bytes calldata plain) internal pure returns (uint256 from, uint256 rampSeconds) {
        assembly ("memory-safe") {
            from := shr(216, calldataload(add(plain.offset, 25)))
            rampSeconds := shr(224, calldataload(add(plain.offset, 30)))
        }
    }

    function takeUntil(bytes calldata plain) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(216, calldataload(add(plain.offset, 34)))
        }
    }

    function limit(bytes calldata plain) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(128, calldataload(add(plain.offset, 39)))
        }
    }

    function fee(bytes calldata plain) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(160, calldataload(add(plain.offset, 55)))
        }
    }

    function nonce(bytes calldata plain) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(192, calldataload(add(plain.offset, 67)))
        }
    }

    function signature(bytes calldata plain) internal pure returns (bytes calldata) {
        return plain[SIGNATURE_FROM:];
    }

    function decode(
        bytes calldata permission
    ) internal pure returns (Conditions memory conditions, bytes memory signed, Extras memory extras) {
        if (isPlain(permission)) {
            conditions.minReward = uint96(minReward(permission));
            conditions.maxReward = uint96(maxReward(permission));
            (uint256 from, uint256 rampSeconds) = ramp(permission);
            (conditions.rampFrom, conditions.rampSeconds) = (uint40(from), uint32(rampSeconds));
            conditions.takeUntil = uint40(takeUntil(permission));
            conditions.limit = limit(permission);
            conditions.fee = uint96(fee(permission));
            conditions.nonce = nonce(permission);
            signed = signature(permission);
        } else if (permission.length > 0 && permission[0] == WHOLE) {
            return abi.decode(permission[1:], (Conditions, bytes, Extras));
        } else if (permission.length > 0 && permission[0] == AWARDED) {
            (conditions, signed, extras.award, extras.awardSignature) = abi.decode(
                permission[1:],
                (Conditions, bytes, Award, bytes)
            );
        } else {
            revert IOffers.Offers_NoConditions();
        }
    }
}
