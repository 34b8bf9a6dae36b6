// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {JobTerms, RESERVED} from "../../shared/types/Job.sol";
import {Award, Bid, Conditions} from "../types/Offer.sol";
import {Permissions} from "./Permissions.sol";

/// @notice What is signed, as EIP-712 hashes it before the domain.
library OfferHashes {
    bytes32 private constant TERMS = keccak256(
        "JobTerms(address requester,address token,address arbiter,uint32 taskCount,uint32 batchSize,uint96 rewardPerTask,uint96 stakePerBatch,uint16 minScore,uint40 claimUntil,uint32 submitWindowSeconds,uint32 challengeWindowSeconds,uint64 salt,bytes32 specHash)"
    );
    bytes32 private constant OFFER = keccak256(
        "Offer(JobTerms terms,uint96 minReward,uint96 maxReward,uint40 rampFrom,uint32 rampSeconds,uint40 takeUntil,uint256 limit,uint96 fee,address selector,uint40 awardUntil,uint32 turnSeconds,uint96 bidBond,uint256 nonce)JobTerms(address requester,address token,address arbiter,uint32 taskCount,uint32 batchSize,uint96 rewardPerTask,uint96 stakePerBatch,uint16 minScore,uint40 claimUntil,uint32 submitWindowSeconds,uint32 challengeWindowSeconds,uint64 salt,bytes32 specHash)"
    );
    bytes32 private constant BID = keccak256(
        "Bid(bytes32 offer,address worker,uint96 reward,uint32 workSeconds,uint40 goodUntil,uint256 nonce)"
    );
    bytes32 private constant AWARD = keccak256(
        "Award(bytes32 offer,uint32 firstBatch,uint32 batchCount,address winner,address backup,uint96 reward,uint40 from,bytes32 bid)"
    );

    uint256 private constant TERMS_BYTES = 13 * 32;
    uint256 private constant CONDITIONS_BYTES = 12 * 32;

    /// @dev Of the job's terms, whatever its price and whether it is reserved. They are hashed as they came: a bit above a field makes another
    /// hash, which nobody has signed.
    function ofTerms(JobTerms calldata terms) private pure returns (bytes32 hash) {
        (bytes32 termsType, uint256 termsBytes, uint256 reserved) = (TERMS, TERMS_BYTES, RESERVED);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, termsType)
            calldatacopy(add(free, 32), terms, termsBytes)
            // rewardPerTask, and minScore.
            mstore(add(free, 192), 0)
            let minScore := add(free, 256)
            mstore(minScore, and(mload(minScore), not(reserved)))
            hash := keccak256(free, add(32, termsBytes))
        }
    }

    function ofOffer(
        JobTerms calldata terms,
        Conditions memory conditions
    ) internal pure returns (bytes32 hash) {
        (bytes32 offerType, bytes32 termsHash) = (OFFER, ofTerms(terms));
        uint256 conditionsBytes = CONDITIONS_BYTES;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, offerType)
            mstore(add(free, 32), termsHash)
            mcopy(add(free, 64), conditions, conditionsBytes)
            hash := keccak256(free, add(64, conditionsBytes))
        }
    }

    /// @dev The same, of conditions that are packed.
    function ofPlain(JobTerms calldata terms, bytes calldata plain) internal pure returns (bytes32 hash) {
        (bytes32 offerType, bytes32 termsHash) = (OFFER, ofTerms(terms));
        (uint256 rampFrom, uint256 rampSeconds) = Permissions.ramp(plain);
        (uint256 least, uint256 most) = (Permissions.minReward(plain), Permissions.maxReward(plain));
        (uint256 until, uint256 limit) = (Permissions.takeUntil(plain), Permissions.limit(plain));
        (uint256 fee, uint256 nonce) = (Permissions.fee(plain), Permissions.nonce(plain));
        uint256 conditionsBytes = CONDITIONS_BYTES;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, offerType)
            mstore(add(free, 32), termsHash)
            mstore(add(free, 64), least)
            mstore(add(free, 96), most)
            mstore(add(free, 128), rampFrom)
            mstore(add(free, 160), rampSeconds)
            mstore(add(free, 192), until)
            mstore(add(free, 224), limit)
            mstore(add(free, 256), fee)
            // selector, awardUntil, turnSeconds, bidBond.
            mstore(add(free, 288), 0)
            mstore(add(free, 320), 0)
            mstore(add(free, 352), 0)
            mstore(add(free, 384), 0)
            mstore(add(free, 416), nonce)
            hash := keccak256(free, add(64, conditionsBytes))
        }
    }

    function ofBid(Bid calldata bid) internal pure returns (bytes32) {
        return keccak256(abi.encode(BID, bid));
    }

    function ofAward(Award memory award) internal pure returns (bytes32) {
        return keccak256(abi.encode(AWARD, award));
    }
}
