// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAgent} from "../market/interfaces/IAgent.sol";
import {IMarketplace} from "../market/interfaces/IMarketplace.sol";
import {JobId, JobSpec, JobStatus, JobTerms, RESERVED} from "../shared/types/Job.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {Funding} from "./libraries/Funding.sol";
import {OfferHashes} from "./libraries/OfferHashes.sol";
import {Permissions} from "./libraries/Permissions.sol";
import {Turns} from "./libraries/Turns.sol";
import {Bonds} from "./parts/Bonds.sol";
import {ManyCalls} from "./parts/ManyCalls.sol";
import {Signatures} from "./parts/Signatures.sol";
import {Award, Conditions, Extras, Registration, Resumption} from "./types/Offer.sol";

/// @title Offers
/// @notice See {IOffers}.
contract Offers is Bonds, ManyCalls {
    mapping(bytes32 offer => Resumption) private resumptions;

    constructor(IMarketplace marketplace) Signatures(marketplace) {}

    // ─── Who is admitted ─────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IAgent
    function admit(
        address worker,
        JobTerms calldata terms,
        uint32 batch,
        bool isPosted,
        bytes calldata permission
    ) external returns (bytes4) {
        if (msg.sender != address(MARKETPLACE)) revert Offers_NotMarketplace(msg.sender);
        if (Permissions.isPlain(permission)) {
            // Check: what is posted was awarded, and then there is an award; else it is claimed without us.
            if (isPosted || terms.minScore & RESERVED != 0) revert Offers_WrongAward(0);
            _usePlain(terms, permission);
        } else {
            _admit(worker, terms, batch, isPosted, permission);
        }
        return IAgent.admit.selector;
    }

    /// @dev What `_open` does with most offers, read from where it came.
    function _usePlain(JobTerms calldata terms, bytes calldata permission) private {
        bytes32 offer = _hashTypedDataV4(OfferHashes.ofPlain(terms, permission));
        (uint256 least, uint256 most) = (
            Permissions.minReward(permission),
            Permissions.maxReward(permission)
        );
        bool isFixed = least == most;
        if (!isFixed) {
            (uint256 from, uint256 rampSeconds) = Permissions.ramp(permission);
            most = _ramp(offer, least, most, from, rampSeconds);
        }
        _checkPrice(offer, terms.rewardPerTask, least, most);
        _checkCost(offer, terms, Permissions.takeUntil(permission), Permissions.limit(permission), 0);
        _useNonce(offer, terms.requester, Permissions.nonce(permission), isFixed, false);
        bytes calldata signature = Permissions.signature(permission);
        // By the requester's key, which most have; else it is a contract, and is asked.
        (address signer, , ) = ECDSA.tryRecoverCalldata(offer, signature);
        if (signer != terms.requester || signer == address(0)) _ask(terms.requester, offer, signature);
    }

    /// @dev Of an offer that was awarded, or whose money comes along.
    function _admit(
        address worker,
        JobTerms calldata terms,
        uint32 batch,
        bool isPosted,
        bytes calldata permission
    ) private {
        (Conditions memory conditions, bytes memory signature, Extras memory extras) = Permissions.decode(
            permission
        );
        bytes32 offer = _offerDigest(terms, conditions);
        if (!isPosted) _open(offer, terms, conditions, signature, extras, 0);
        if (terms.minScore & RESERVED != 0) {
            _takeTurn(offer, worker, terms, batch, conditions, signature, extras, isPosted);
        } else if (isPosted) {
            revert Offers_WrongAward(offer);
        }
    }

    /// @dev A job may be posted for the offer, and its money is there.
    function _open(
        bytes32 offer,
        JobTerms calldata terms,
        Conditions memory conditions,
        bytes memory signature,
        Extras memory extras,
        uint256 fee
    ) private {
        bool isAwarded = terms.minScore & RESERVED != 0;
        (uint256 least, uint256 most) = (conditions.minReward, conditions.maxReward);
        bool isFixed = least == most && conditions.selector == address(0);
        if (isAwarded) {
            _checkAward(offer, terms, conditions, extras);
        } else {
            if (conditions.selector != address(0) && block.timestamp <= conditions.awardUntil) {
                revert Offers_AwardedOnly(offer, conditions.awardUntil);
            }
            if (least != most) {
                most = _ramp(offer, least, most, conditions.rampFrom, conditions.rampSeconds);
            }
            _checkPrice(offer, terms.rewardPerTask, least, most);
        }
        uint256 cost = _checkCost(offer, terms, conditions.takeUntil, conditions.limit, fee);
        _useNonce(offer, terms.requester, conditions.nonce, isFixed, isAwarded);
        _checkSignature(terms.requester, offer, signature);
        // Interaction: the money comes.
        Funding.fund(MARKETPLACE, terms, cost, offer, extras.source, extras.permit);
    }

    function _checkPrice(bytes32 offer, uint256 reward, uint256 least, uint256 most) private pure {
        if (reward < least || reward > most) revert Offers_WrongPrice(offer, reward, least, most);
    }

    /// @dev In time, and within the limit.
    /// @return cost What is needed of the requester's credit.
    function _checkCost(
        bytes32 offer,
        JobTerms calldata terms,
        uint256 takeUntil,
        uint256 limit,
        uint256 fee
    ) private view returns (uint256 cost) {
        if (block.timestamp > takeUntil) revert Offers_Expired(offer, takeUntil);
        unchecked {
            cost = uint256(terms.taskCount) * terms.rewardPerTask + fee;
        }
        if (cost > limit) revert Offers_OverLimit(offer, cost, limit);
    }

    /// @dev Not a second time. At a price that is fixed, for whoever comes first, there is but one job that the offer can become, and that is
    /// posted only once: then its nonce is not written.
    function _useNonce(
        bytes32 offer,
        address requester,
        uint256 nonce,
        bool isFixed,
        bool isAwarded
    ) private {
        (uint256 word, uint256 bit) = (nonce >> 7, 1 << (nonce & 127));
        uint256 bits = nonceWords[requester][word];
        if (bits & (bit | (bit << 128)) == 0) {
            if (!isFixed) nonceWords[requester][word] = bits | bit;
            return;
        }
        if (bits & (bit << 128) != 0 || isAwarded || resumptions[offer].since == 0) {
            revert Offers_NonceUsed(requester, nonce);
        }
        delete resumptions[offer];
    }

    /// @dev What a task may cost now, at a price that rises.
    function _ramp(
        bytes32 offer,
        uint256 least,
        uint256 most,
        uint256 from,
        uint256 rampSeconds
    ) private view returns (uint256) {
        Resumption memory last = resumptions[offer];
        uint256 start = least;
        if (last.since != 0) (start, from) = (last.reward, last.since);
        if (block.timestamp <= from) return start;
        if (rampSeconds == 0 || most < least) return most;
        return Math.min(start + ((most - least) * (block.timestamp - from)) / rampSeconds, most);
    }

    /// @dev It is the worker's turn to claim the batch. What was registered need not be signed once more: a bond is not lost because an
    /// account that is a contract changes its mind.
    function _takeTurn(
        bytes32 offer,
        address worker,
        JobTerms calldata terms,
        uint32 batch,
        Conditions memory conditions,
        bytes memory signature,
        Extras memory extras,
        bool isPosted
    ) private {
        Award memory award = extras.award;
        uint256 from = award.from;
        uint32 turnSeconds = conditions.turnSeconds;
        if (conditions.bidBond > 0) {
            Registration storage registered = registrations[offer];
            if (registered.since == 0 || registered.award != OfferHashes.ofAward(award)) {
                revert Offers_NotRegistered(offer);
            }
            from = registered.since;
            if (worker == award.winner && block.timestamp - from < turnSeconds) {
                _returnBond(offer, worker, registered);
            }
        } else if (isPosted) {
            _checkAward(offer, terms, conditions, extras);
            _checkSignature(terms.requester, offer, signature);
        }
        if (batch < award.firstBatch || batch - award.firstBatch >= award.batchCount) {
            revert Offers_WrongAward(offer);
        }
        if (!Turns.isTurnOf(worker, award, from, turnSeconds, terms.submitWindowSeconds)) {
            revert Offers_NotYourTurn(offer, worker);
        }
    }

    // ─── Offers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOffers
    function post(
        JobTerms calldata terms,
        JobSpec calldata spec,
        bytes calldata permission
    ) external returns (JobId id) {
        (Conditions memory conditions, bytes memory signature, Extras memory extras) = Permissions.decode(
            permission
        );
        bytes32 offer = _offerDigest(terms, conditions);
        // Check: nobody fixes a price that rises, for others to work at.
        if (terms.minScore & RESERVED == 0 && conditions.minReward != conditions.maxReward) {
            revert Offers_PriceRises(offer);
        }
        uint96 fee = conditions.fee;
        _open(offer, terms, conditions, signature, extras, fee);
        bytes memory data = abi.encodeCall(IMarketplace.postFromCredit, (terms, spec));
        id = abi.decode(MARKETPLACE.callFor(terms.requester, data), (JobId));
        if (fee > 0) {
            data = abi.encodeCall(IMarketplace.giveCredit, (msg.sender, terms.token, fee));
            MARKETPLACE.callFor(terms.requester, data);
        }
        emit OfferPosted(offer, id, msg.sender, fee);
    }

    /// @inheritdoc IOffers
    function resume(JobTerms calldata terms, bytes calldata permission) external {
        (Conditions memory conditions, bytes memory signature, ) = Permissions.decode(permission);
        bytes32 offer = _offerDigest(terms, conditions);
        uint256 bits = nonceWords[terms.requester][conditions.nonce >> 7] >> (conditions.nonce & 127);
        JobId id = MARKETPLACE.jobId(terms);
        (JobStatus status, uint32 openTasks) = MARKETPLACE.job(id);
        // Check: it was taken, and nobody holds it any more; it can be taken again, for more.
        if (block.timestamp > conditions.takeUntil) revert Offers_Expired(offer, conditions.takeUntil);
        if (
            bits & 1 == 0 ||
            (bits >> 128) & 1 != 0 ||
            resumptions[offer].since != 0 ||
            conditions.minReward == conditions.maxReward ||
            terms.rewardPerTask < conditions.minReward ||
            terms.rewardPerTask > conditions.maxReward ||
            terms.minScore & RESERVED != 0 ||
            status != JobStatus.Posted ||
            openTasks != terms.taskCount
        ) revert Offers_NotResumable(offer);
        _checkSignature(terms.requester, offer, signature);
        // Effect.
        resumptions[offer] = Resumption(terms.rewardPerTask, uint40(block.timestamp));
        emit OfferResumed(offer, id, terms.rewardPerTask);
        // Interaction: the escrow is credit again.
        MARKETPLACE.callFor(terms.requester, abi.encodeCall(IMarketplace.cancel, (terms)));
    }

    /// @inheritdoc IOffers
    function resumption(bytes32 offer) external view returns (Resumption memory) {
        return resumptions[offer];
    }
}
