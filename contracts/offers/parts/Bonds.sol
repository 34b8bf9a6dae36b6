// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Rights} from "../../market/types/Rights.sol";
import {JobId, JobStatus, JobTerms, RESERVED} from "../../shared/types/Job.sol";
import {IOffers} from "../interfaces/IOffers.sol";
import {OfferHashes} from "../libraries/OfferHashes.sol";
import {Permissions} from "../libraries/Permissions.sol";
import {Award, Bid, Conditions, Extras, Registration} from "../types/Offer.sol";
import {Signatures} from "./Signatures.sol";

/// @notice What stands behind bids, and the awards that it stands behind.
abstract contract Bonds is Signatures {
    using Address for address payable;

    mapping(bytes32 offer => Registration) internal registrations;
    mapping(address account => uint256) private bonds;

    /// @inheritdoc IOffers
    function registerAward(
        JobTerms calldata terms,
        bytes calldata permission,
        Bid calldata bid,
        bytes calldata bidSignature
    ) external {
        (Conditions memory conditions, bytes memory signature, Extras memory extras) = Permissions.decode(
            permission
        );
        bytes32 offer = _offerDigest(terms, conditions);
        uint96 bond = conditions.bidBond;
        // Check: the job is there, and the winner can claim it in its turn.
        JobId id = MARKETPLACE.jobId(terms);
        (JobStatus status, uint32 openTasks) = MARKETPLACE.job(id);
        if (
            status != JobStatus.Posted ||
            openTasks != terms.taskCount ||
            block.timestamp + conditions.turnSeconds > terms.claimUntil
        ) revert Offers_NotPosted(id);
        if (bond == 0 || registrations[offer].since != 0) revert Offers_AlreadyRegistered(offer);
        // Check: signed by who offers, who selects, and who won.
        _checkSignature(terms.requester, offer, signature);
        _checkAward(offer, terms, conditions, extras);
        _useBid(extras.award, bid, bidSignature);
        // Effect: the bond is held, and the turn begins.
        uint256 free = bonds[bid.worker];
        if (free < bond) revert Offers_InsufficientBond(bid.worker, free, bond);
        bonds[bid.worker] = free - bond;
        bytes32 award = OfferHashes.ofAward(extras.award);
        registrations[offer] = Registration(award, uint40(block.timestamp), bond);
        emit AwardRegistered(offer, _hashTypedDataV4(award), bid.worker, bond);
    }

    /// @dev A bid is good for one award.
    function _useBid(Award memory award, Bid calldata bid, bytes calldata signature) private {
        bytes32 digest = bidDigest(bid);
        if (
            award.bid != digest ||
            bid.offer != award.offer ||
            bid.worker != award.winner ||
            bid.reward != award.reward ||
            block.timestamp > bid.goodUntil
        ) revert Offers_WrongBid(digest);
        _checkSignature(bid.worker, digest, signature);
        (uint256 word, uint256 bit) = (bid.nonce >> 7, 1 << (bid.nonce & 127));
        uint256 bits = nonceWords[bid.worker][word];
        if (bits & (bit | (bit << 128)) != 0) revert Offers_NonceUsed(bid.worker, bid.nonce);
        nonceWords[bid.worker][word] = bits | bit;
    }

    /// @inheritdoc IOffers
    function returnBond(JobTerms calldata terms, bytes calldata permission) external {
        (Conditions memory conditions, , Extras memory extras) = Permissions.decode(permission);
        bytes32 offer = _offerDigest(terms, conditions);
        Award memory award = extras.award;
        Registration storage registered = registrations[offer];
        _checkFits(offer, terms, conditions, award);
        if (registered.award != OfferHashes.ofAward(award)) revert Offers_NotRegistered(offer);
        (JobStatus status, ) = MARKETPLACE.job(MARKETPLACE.jobId(terms));
        uint256 rights = MARKETPLACE.rightsOf(terms.requester, address(this));
        if (
            (status == JobStatus.Posted && rights & Rights.REQUEST != 0) ||
            block.timestamp - registered.since >= conditions.turnSeconds
        ) revert Offers_BondHeld(offer);
        _returnBond(offer, award.winner, registered);
    }

    function _returnBond(bytes32 offer, address winner, Registration storage registered) internal {
        uint96 bond = registered.bond;
        if (bond == 0) return;
        registered.bond = 0;
        bonds[winner] += bond;
        emit BondReturned(offer, winner, bond);
    }

    /// @inheritdoc IOffers
    function addBond(address account) external payable {
        bonds[account] += msg.value;
        emit BondAdded(account, msg.value);
    }

    /// @inheritdoc IOffers
    function withdrawBond(uint256 amount, address payable to) external {
        uint256 free = bonds[msg.sender];
        if (free < amount) revert Offers_InsufficientBond(msg.sender, free, amount);
        bonds[msg.sender] = free - amount;
        emit BondWithdrawn(msg.sender, to, amount);
        to.sendValue(amount);
    }

    /// @inheritdoc IOffers
    function bondOf(address account) external view returns (uint256) {
        return bonds[account];
    }

    /// @inheritdoc IOffers
    function registration(bytes32 offer) external view returns (Registration memory) {
        return registrations[offer];
    }

    function _checkAward(
        bytes32 offer,
        JobTerms calldata terms,
        Conditions memory conditions,
        Extras memory extras
    ) internal view {
        Award memory award = extras.award;
        _checkFits(offer, terms, conditions, award);
        _checkSignature(
            conditions.selector,
            _hashTypedDataV4(OfferHashes.ofAward(award)),
            extras.awardSignature
        );
    }

    /// @dev The award is about this offer, and its price that of the job.
    function _checkFits(
        bytes32 offer,
        JobTerms calldata terms,
        Conditions memory conditions,
        Award memory award
    ) internal pure {
        if (
            award.offer != offer ||
            award.reward != terms.rewardPerTask ||
            award.reward > conditions.maxReward ||
            award.from > conditions.awardUntil ||
            terms.minScore & RESERVED == 0
        ) revert Offers_WrongAward(offer);
    }
}
