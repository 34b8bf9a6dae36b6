// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IAgent} from "../../market/interfaces/IAgent.sol";
import {SignedCall} from "../../market/types/SignedCall.sol";
import {JobId, JobSpec, JobTerms} from "../../shared/types/Job.sol";
import {Award, Bid, Conditions, Registration, Resumption} from "../types/Offer.sol";

/// @title Signed offers
/// @notice An agent of requesters ({IAgent}): with the right `REQUEST` it brings on chain what they signed, and nothing else. It has no owner,
/// its code cannot be changed, and all that it holds is bid bonds.
///
/// Workers take an offer at the Marketplace, by `take` or `claimReserved` with this contract as the agent, and need give it no right. The
/// `permission` has the {Conditions}, the requester's signature, and what else there is: see {Permissions} for its forms. The terms name the
/// price: at most what the ramp has reached.
///
/// Warning: who gives the right `REQUEST` lets whoever has a signature of its over an offer spend its credit, and tokens that it approved, up
/// to the offer's limit.
///
/// Warning: the same terms, salt included, are for an offer or for a job that the requester posts itself, and not for both: {resume} takes one
/// for the other.
interface IOffers is IAgent {
    /// @notice `poster` brought the offer, and earned `fee`; nobody has claimed.
    event OfferPosted(bytes32 indexed offer, JobId indexed job, address indexed poster, uint256 fee);

    /// @notice A job that nobody held any more is cancelled, and the offer is to be had again, from `reward` a task upwards.
    event OfferResumed(bytes32 indexed offer, JobId indexed job, uint96 reward);

    /// @notice Offers with the nonces of `word` whose bits are in `mask`, and bids, are good for nothing.
    event NoncesCancelled(address indexed account, uint256 word, uint128 mask);

    /// @notice The turn of `winner` begins now, with `bond` wei behind it.
    event AwardRegistered(bytes32 indexed offer, bytes32 indexed award, address indexed winner, uint256 bond);

    /// @notice The bond of `winner` is free again: it claimed in its turn, or could not.
    event BondReturned(bytes32 indexed offer, address indexed winner, uint256 amount);

    /// @notice `account` has `amount` wei more to bid with.
    event BondAdded(address indexed account, uint256 amount);

    /// @notice `amount` wei that `account` could bid with were sent to `to`.
    event BondWithdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice This call was brought, and failed.
    event NotRelayed(address indexed account, uint256 nonce);

    /// @notice Only the Marketplace asks who is admitted.
    error Offers_NotMarketplace(address caller);

    /// @notice The permission has none of the forms.
    error Offers_NoConditions();

    /// @notice The offer could be taken until `takeUntil`.
    error Offers_Expired(bytes32 offer, uint256 takeUntil);

    /// @notice A task may cost from `least` to `most` now.
    error Offers_WrongPrice(bytes32 offer, uint256 reward, uint256 least, uint256 most);

    /// @notice It would cost `cost` in all.
    error Offers_OverLimit(bytes32 offer, uint256 cost, uint256 limit);

    /// @notice The requester has used or cancelled this nonce.
    error Offers_NonceUsed(address account, uint256 nonce);

    /// @notice Not the account's signature over this.
    error Offers_WrongSignature(address account, bytes32 digest);

    /// @notice Until `awardUntil`, the offer is for awarded workers alone.
    error Offers_AwardedOnly(bytes32 offer, uint40 awardUntil);

    /// @notice The award is for another offer, price or batch, came too late, or the job is none that is awarded.
    error Offers_WrongAward(bytes32 offer);

    /// @notice The batch is another's turn.
    error Offers_NotYourTurn(bytes32 offer, address worker);

    /// @notice A price that rises is fixed by who claims.
    error Offers_PriceRises(bytes32 offer);

    /// @notice The job is held or ended, its price fixed, or the offer was never taken.
    error Offers_NotResumable(bytes32 offer);

    /// @notice Where a bond is asked for, the award has to be registered, once, for a job that is posted.
    error Offers_NotRegistered(bytes32 offer);
    error Offers_AlreadyRegistered(bytes32 offer);
    error Offers_NotPosted(JobId job);

    /// @notice The bid is for another offer, price or worker than the award, or not good any more.
    error Offers_WrongBid(bytes32 bid);

    /// @notice `account` has `bond` wei to bid with.
    error Offers_InsufficientBond(address account, uint256 bond, uint256 needed);

    /// @notice The winner can claim, or its turn is over.
    error Offers_BondHeld(bytes32 offer);

    /// @notice There are more calls than signatures, or the other way round.
    error Offers_WrongCount(uint256 calls, uint256 signatures);

    /// @notice With so little gas left, a settlement could fail for want of it.
    error Offers_TooLittleGas();

    /// @notice Posts a job in the requester's name, without a claim: at a fixed price, or as it was awarded. The caller earns `conditions.fee`.
    /// @param terms Of the job, with its price; with the bit `RESERVED` if it was awarded.
    function post(
        JobTerms calldata terms,
        JobSpec calldata spec,
        bytes calldata permission
    ) external returns (JobId id);

    /// @notice Cancels a job that nobody holds any more; its ramp goes on from its price. Anyone may, until `takeUntil`.
    /// @param terms Of the job, with its price.
    function resume(JobTerms calldata terms, bytes calldata permission) external;

    /// @notice Rules out nonces of the caller: those from `128 · word` on whose bits are in `mask`. Of an offer whose job is posted, the job stays.
    function cancelNonces(uint256 word, uint128 mask) external;

    /// @notice Starts the turn of a winner that has a bond behind its bid, once the job is posted. An offer that asks for a bond is awarded once.
    function registerAward(
        JobTerms calldata terms,
        bytes calldata permission,
        Bid calldata bid,
        bytes calldata bidSignature
    ) external;

    /// @notice Frees the bond of a winner that cannot claim in its turn: the job is cancelled, or this contract may not act for the requester.
    /// @param permission Its signatures are not looked at.
    function returnBond(JobTerms calldata terms, bytes calldata permission) external;

    /// @notice Adds the value sent to what `account` can bid with.
    function addBond(address account) external payable;

    /// @notice Sends `amount` wei of what the caller can bid with to `to`.
    function withdrawBond(uint256 amount, address payable to) external;

    /// @notice Brings signed calls to the Marketplace. One that fails does not sink the others. Of the value sent, what no call took goes back.
    /// @param gasEach The most that one call may use; 0 for no limit.
    function relay(
        SignedCall[] calldata calls,
        bytes[] calldata signatures,
        uint256 gasEach
    ) external payable;

    /// @notice Settles a batch of each of many jobs. One that cannot be settled does not keep the others from it.
    /// @param batches Which one of each job; none: the first of each.
    function settleMany(JobTerms[] calldata terms, uint32[] calldata batches) external;

    /// @notice What a requester signs.
    function offerDigest(
        JobTerms calldata terms,
        Conditions calldata conditions
    ) external view returns (bytes32);

    /// @notice What a worker signs.
    function bidDigest(Bid calldata bid) external view returns (bytes32);

    /// @notice What a selector signs.
    function awardDigest(Award calldata award) external view returns (bytes32);

    /// @notice 128 nonces of `account`, from `128 · word` on: the lower half has a bit for each that is used, the upper for each that is
    /// cancelled. An offer with a fixed price and no selector uses none: its job's name is used up.
    function nonces(address account, uint256 word) external view returns (uint256);

    /// @notice From where the ramp of an offer goes on.
    function resumption(bytes32 offer) external view returns (Resumption memory);

    /// @notice What `account` can bid with, in wei.
    function bondOf(address account) external view returns (uint256);

    /// @notice The award of an offer that asks for a bond: zeros until it is registered.
    function registration(bytes32 offer) external view returns (Registration memory);
}
