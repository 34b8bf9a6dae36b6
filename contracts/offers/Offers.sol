// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAgent} from "../market/interfaces/IAgent.sol";
import {IMarketplace} from "../market/interfaces/IMarketplace.sol";
import {Rights} from "../market/types/Rights.sol";
import {SignedCall} from "../market/types/SignedCall.sol";
import {JobId, JobSpec, JobStatus, JobTerms, RESERVED} from "../shared/types/Job.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {Funding} from "./libraries/Funding.sol";
import {OfferHashes} from "./libraries/OfferHashes.sol";
import {Permissions} from "./libraries/Permissions.sol";
import {Turns} from "./libraries/Turns.sol";
import {Award, Bid, Conditions, Extras, Registration, Resumption} from "./types/Offer.sol";

/// @title Offers
/// @notice See {IOffers}.
contract Offers is IOffers, EIP712 {
    using Address for address payable;

    IMarketplace public immutable MARKETPLACE;

    /// @dev 128 a word: a bit for each that is used, and 128 above it one for each that is cancelled.
    mapping(address account => mapping(uint256 word => uint256)) private nonceWords;
    mapping(bytes32 offer => Resumption) private resumptions;
    mapping(bytes32 offer => Registration) private registrations;
    mapping(address account => uint256) private bonds;

    constructor(IMarketplace marketplace) EIP712("Assay Offers", "1") {
        MARKETPLACE = marketplace;
    }

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

    function _checkAward(
        bytes32 offer,
        JobTerms calldata terms,
        Conditions memory conditions,
        Extras memory extras
    ) private view {
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
    ) private pure {
        if (
            award.offer != offer ||
            award.reward != terms.rewardPerTask ||
            award.reward > conditions.maxReward ||
            award.from > conditions.awardUntil ||
            terms.minScore & RESERVED == 0
        ) revert Offers_WrongAward(offer);
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
            Registration storage registration = registrations[offer];
            if (registration.since == 0 || registration.award != OfferHashes.ofAward(award)) {
                revert Offers_NotRegistered(offer);
            }
            from = registration.since;
            if (worker == award.winner && block.timestamp - from < turnSeconds) {
                _returnBond(offer, worker, registration);
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

    /// @dev By the account's key, which most have; else the account is a contract, and is asked.
    function _checkSignature(address account, bytes32 digest, bytes memory signature) private view {
        (address signer, , ) = ECDSA.tryRecover(digest, signature);
        if (signer != account || account == address(0)) _ask(account, digest, signature);
    }

    function _ask(address account, bytes32 digest, bytes memory signature) private view {
        if (!SignatureChecker.isValidERC1271SignatureNow(account, digest, signature)) {
            revert Offers_WrongSignature(account, digest);
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
    function cancelNonces(uint256 word, uint128 mask) external {
        nonceWords[msg.sender][word] |= uint256(mask) << 128;
        emit NoncesCancelled(msg.sender, word, mask);
    }

    // ─── Bonds ───────────────────────────────────────────────────────────────────────────────────────────────────────────

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
        Registration storage registration = registrations[offer];
        _checkFits(offer, terms, conditions, award);
        if (registration.award != OfferHashes.ofAward(award)) revert Offers_NotRegistered(offer);
        (JobStatus status, ) = MARKETPLACE.job(MARKETPLACE.jobId(terms));
        uint256 rights = MARKETPLACE.rightsOf(terms.requester, address(this));
        if (
            (status == JobStatus.Posted && rights & Rights.REQUEST != 0) ||
            block.timestamp - registration.since >= conditions.turnSeconds
        ) revert Offers_BondHeld(offer);
        _returnBond(offer, award.winner, registration);
    }

    function _returnBond(bytes32 offer, address winner, Registration storage registration) private {
        uint96 bond = registration.bond;
        if (bond == 0) return;
        registration.bond = 0;
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

    // ─── Many at once ────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOffers
    function relay(
        SignedCall[] calldata calls,
        bytes[] calldata signatures,
        uint256 gasEach
    ) external payable {
        if (calls.length != signatures.length) revert Offers_WrongCount(calls.length, signatures.length);
        uint256 left = msg.value;
        for (uint256 i = 0; i < calls.length; ++i) {
            SignedCall calldata call = calls[i];
            bytes memory data = abi.encodeCall(IMarketplace.callSigned, (call, signatures[i]));
            // Bonds are not for calls.
            if (call.value <= left && _call(data, call.value, gasEach)) left -= call.value;
            else emit NotRelayed(call.account, call.nonce);
        }
        if (left > 0) payable(msg.sender).sendValue(left);
    }

    /// @inheritdoc IOffers
    function settleMany(JobTerms[] calldata terms, uint32[] calldata batches) external {
        bool isFirst = batches.length == 0;
        if (!isFirst && terms.length != batches.length) {
            revert Offers_WrongCount(terms.length, batches.length);
        }
        address marketplace = address(MARKETPLACE);
        bytes4 selector = IMarketplace.settle.selector;
        // `settle(terms[i], [batches[i]])`, again and again in the same memory. What fails is passed over.
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 420), 448)
            mstore(add(free, 452), 1)
            mstore(add(free, 484), 0)
            let job := terms.offset
            let batch := batches.offset
            for {
                let end := add(job, mul(terms.length, 416))
            } lt(job, end) {
                job := add(job, 416)
            } {
                calldatacopy(add(free, 4), job, 416)
                if iszero(isFirst) {
                    mstore(add(free, 484), calldataload(batch))
                    batch := add(batch, 32)
                }
                pop(call(gas(), marketplace, 0, free, 516, 0, 0))
            }
        }
    }

    /// @dev Whatever comes back is left where it is: it may be long.
    function _call(bytes memory data, uint256 value, uint256 gasEach) private returns (bool done) {
        address marketplace = address(MARKETPLACE);
        assembly ("memory-safe") {
            if iszero(gasEach) {
                gasEach := gas()
            }
            done := call(gasEach, marketplace, value, add(data, 32), mload(data), 0, 0)
        }
    }

    // ─── Reads ───────────────────────────────────────────────────────────────────────────────────────────────────────────

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
    ) private view returns (bytes32) {
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

    /// @inheritdoc IOffers
    function resumption(bytes32 offer) external view returns (Resumption memory) {
        return resumptions[offer];
    }

    /// @inheritdoc IOffers
    function bondOf(address account) external view returns (uint256) {
        return bonds[account];
    }
}
