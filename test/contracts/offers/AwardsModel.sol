// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../../contracts/market/interfaces/IMarketplace.sol";
import {IOffers} from "../../../contracts/offers/interfaces/IOffers.sol";
import {Award, Bid, Conditions, Extras, Source} from "../../../contracts/offers/types/Offer.sol";
import {JobTerms, RESERVED} from "../../../contracts/shared/types/Job.sol";
import {OfferPlayers} from "./OfferPlayers.sol";

/// @notice What has to be true of awards and bonds: which calls succeed, whose turn it is, and where each wei of a bond is.
abstract contract AwardsModel is OfferPlayers {
    /// An offer, and the one job that it can become: 0 not yet posted, 1 open, 2 claimed, 3 submitted, 4 over.
    struct Book {
        JobTerms terms;
        Conditions conditions;
        bytes signature;
        bytes32 digest;
        uint8 state;
        bool isCancelled;
        uint96 reward;
        address worker;
        uint256 time;
        uint256 spent;
        /// Which deal is registered, plus one; from when its turns count; what is held.
        uint256 registered;
        uint256 since;
        uint256 held;
    }

    /// An award, and the bid that it is for.
    struct Deal {
        uint256 book;
        Award award;
        bytes awardSignature;
        Bid bid;
        bytes bidSignature;
        bool isSelectors;
    }

    uint256 internal constant NONCES = 100;

    Book[] internal books;
    Deal[] internal deals;
    mapping(address account => bool) internal isRevoked;
    /// What each has in bonds that nothing holds, by the model.
    mapping(address account => uint256) public bonds;
    /// What is held, or was lost, of bonds.
    uint256 public held;
    constructor(IMarketplace marketplace, IOffers offers) OfferPlayers(marketplace, offers) {}

    /// @dev Whether there are offers, and no call was made for one.
    function isIdle() external view returns (bool) {
        return books.length > 0 && allowed + refused == 0;
    }

    /// @dev Whether no offer has cost more than was signed.
    function keepsLimits() external view returns (bool) {
        for (uint256 b = 0; b < books.length; ++b) {
            if (books[b].spent > books[b].conditions.limit) return false;
        }
        return true;
    }

    // ─── The model ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev The selector signed it, in time, for no more than the offer's most.
    function _fits(Book storage book, Deal storage deal) internal view returns (bool) {
        return
            deal.isSelectors &&
            deal.award.reward <= book.conditions.maxReward &&
            deal.award.from <= book.conditions.awardUntil;
    }

    function _mayOpen(Book storage book, Deal storage deal, uint96 fee) internal view returns (bool) {
        Conditions storage conditions = book.conditions;
        address requester = book.terms.requester;
        return
            book.state == 0 &&
            _fits(book, deal) &&
            !isRevoked[requester] &&
            deal.award.reward > 0 &&
            uint256(book.terms.taskCount) * deal.award.reward + fee <= conditions.limit &&
            now_ <= conditions.takeUntil &&
            now_ < book.terms.claimUntil &&
            !used[requester][conditions.nonce] &&
            !cancelled[requester][conditions.nonce];
    }

    function _open(Book storage book, Deal storage deal, uint96 fee, address poster) internal {
        uint256 escrow = uint256(book.terms.taskCount) * deal.award.reward;
        used[book.terms.requester][book.conditions.nonce] = true;
        credit[book.terms.requester] -= escrow + fee;
        credit[poster] += fee;
        (book.state, book.reward, book.spent) = (1, deal.award.reward, escrow + fee);
    }

    function _isPosted(Book storage book, Deal storage deal) internal view returns (bool) {
        return book.state != 0 && book.reward == deal.award.reward;
    }

    function _isOpen(Book storage book, Deal storage deal) internal view returns (bool) {
        return book.state == 1 && !book.isCancelled && book.reward == deal.award.reward;
    }

    /// @dev Second by second: whose the batch is.
    function _isTurnOf(
        address worker,
        Award storage of_,
        uint256 from,
        uint256 turn
    ) internal view returns (bool) {
        if (now_ < from) return false;
        uint256 second = now_ - from;
        bool inWinners = second < turn;
        bool inBackups = second >= turn && second < 2 * turn;
        bool inTakeover = second >= SUBMIT_SECONDS && second < SUBMIT_SECONDS + 2 * turn;
        if (inWinners && worker == of_.winner) return true;
        if (of_.backup == address(0)) return !inWinners;
        if (inBackups || inTakeover) return worker == of_.backup;
        return !inWinners;
    }

    function _free(Book storage book, address winner) internal {
        bonds[winner] += book.held;
        held -= book.held;
        book.held = 0;
    }

    function _refund(Book storage book) internal {
        uint256 escrow = uint256(book.terms.taskCount) * book.reward;
        credit[book.terms.requester] += escrow;
        book.spent -= escrow;
        book.state = 4;
    }

    // ─── Calls ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    function _terms(Deal storage deal) internal view returns (JobTerms memory) {
        return _termsAt(books[deal.book], deal.award.reward);
    }

    function _termsAt(Book storage book, uint96 reward) internal view returns (JobTerms memory terms) {
        terms = book.terms;
        terms.rewardPerTask = reward;
        terms.minScore |= RESERVED;
    }

    /// @dev In either of the two forms that an award comes in.
    function _permission(Deal storage deal, uint256 how) internal view returns (bytes memory) {
        Book storage book = books[deal.book];
        (Conditions memory conditions, Award memory of_) = (book.conditions, deal.award);
        bytes memory signature = deal.awardSignature;
        if ((how >> 8) % 2 == 0) {
            return bytes.concat(bytes1(0x02), abi.encode(conditions, book.signature, of_, signature));
        }
        Extras memory extras = Extras(of_, signature, Source.Credit, "");
        return bytes.concat(bytes1(0x00), abi.encode(conditions, book.signature, extras));
    }
}
