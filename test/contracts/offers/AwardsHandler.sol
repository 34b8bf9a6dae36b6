// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../../contracts/market/interfaces/IMarketplace.sol";
import {Rights} from "../../../contracts/market/types/Rights.sol";
import {IOffers} from "../../../contracts/offers/interfaces/IOffers.sol";
import {Award, Bid, Conditions} from "../../../contracts/offers/types/Offer.sol";
import {Cid} from "../../../contracts/shared/types/Cid.sol";
import {JobId, JobTerms} from "../../../contracts/shared/types/Job.sol";
import {vm} from "../Vm.sol";
import {AwardsModel} from "./AwardsModel.sol";

/// @notice What the fuzzer plays with: offers that somebody awards, with and without a bond; bids and awards of all kinds, good, late, forged, and
/// beside the offer's prices; posted, registered, taken, claimed, worked for, cancelled and withdrawn by anybody, at any time. Of every call
/// the handler knows whether it has to succeed, by a model of its own, and where each wei of a bond is.
contract AwardsHandler is AwardsModel {
    constructor(IMarketplace marketplace, IOffers offers) AwardsModel(marketplace, offers) {}

    // ─── Moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    function pass(uint256 seconds_) external {
        now_ += 1 + (seconds_ % 10 minutes);
    }

    function offer(uint256 who, uint256 seed) external {
        address requester = actor(who);
        Book storage book = books.push();
        book.terms = _jobTerms(
            requester,
            1 + (seed % 3),
            now_ + 1 hours + ((seed >> 8) % 12 hours),
            books.length
        );
        uint96 most = uint96(100 + ((seed >> 32) % 1000));
        book.conditions = Conditions({
            minReward: uint96((seed >> 48) % 100),
            maxReward: most,
            rampFrom: uint40(now_),
            rampSeconds: 1 hours,
            takeUntil: uint40(now_ + ((seed >> 80) % 6 hours)),
            limit: (1 + (seed % 3)) * (most - ((seed >> 96) % 60)) + 20,
            fee: uint96((seed >> 112) % 50),
            selector: actor(seed >> 120),
            awardUntil: uint40(now_ + ((seed >> 128) % 2 hours)),
            turnSeconds: uint32((seed >> 144) % 100 minutes),
            bidBond: (seed >> 160) % 2 == 0 ? 0 : uint96(1 + ((seed >> 161) % 1 ether)),
            nonce: (seed >> 224) % NONCES
        });
        book.digest = OFFERS.offerDigest(book.terms, book.conditions);
        book.signature = _sign(requester, book.digest);
    }

    /// @dev A bid and an award for it; some for another price than was bid, some by another than the selector.
    function award(uint256 which, uint256 signer, uint256 seed) external {
        if (books.length == 0) return;
        uint256 b = which % books.length;
        Book storage book = books[b];
        Deal storage deal = deals.push();
        deal.book = b;
        address winner = actor(seed);
        uint96 reward = uint96((seed >> 8) % (uint256(book.conditions.maxReward) + 10));
        deal.bid = Bid({
            offer: book.digest,
            worker: winner,
            reward: (seed >> 24) % 8 == 0 ? reward + 1 : reward,
            workSeconds: 60,
            goodUntil: uint40(now_ + ((seed >> 32) % 2 hours)),
            nonce: (seed >> 56) % NONCES
        });
        deal.award = Award({
            offer: book.digest,
            firstBatch: 0,
            batchCount: 1,
            winner: winner,
            backup: (seed >> 64) % 5 == 0 ? address(0) : actor(seed >> 72),
            reward: reward,
            from: uint40(now_ - 10 minutes + ((seed >> 80) % 20 minutes)),
            bid: OFFERS.bidDigest(deal.bid)
        });
        address by = (seed >> 112) % 4 == 0 ? actor(signer) : book.conditions.selector;
        deal.isSelectors = by == book.conditions.selector;
        deal.awardSignature = _sign(by, OFFERS.awardDigest(deal.award));
        deal.bidSignature = _sign(winner, deal.award.bid);
    }

    function post(uint256 which, uint256 who) external {
        if (deals.length == 0) return;
        Deal storage deal = deals[which % deals.length];
        Book storage book = books[deal.book];
        address poster = actor(who);
        uint96 fee = book.conditions.fee;
        bool may = _mayOpen(book, deal, fee);
        bytes memory data = abi.encodeCall(IOffers.post, (_terms(deal), _spec(), _permission(deal, who)));
        _expect(_try(poster, address(OFFERS), data), may, "28: what is awarded is posted as it was signed");
        if (may) _open(book, deal, fee, poster);
    }

    function take(uint256 which, uint256 who) external {
        if (deals.length == 0) return;
        Deal storage deal = deals[which % deals.length];
        Book storage book = books[deal.book];
        address worker = actor(who);
        // Where a bond is asked for, the turn begins with the registration of what is posted.
        bool may =
            book.conditions.bidBond == 0 &&
                _mayOpen(book, deal, 0) &&
                _isTurnOf(worker, deal.award, deal.award.from, book.conditions.turnSeconds);
        bytes memory data = abi.encodeCall(
            IMarketplace.take,
            (_terms(deal), _spec(), 0, Cid(0, 0), address(OFFERS), _permission(deal, who))
        );
        bool ok = _try(worker, address(MARKETPLACE), data);
        _expect(ok, may, "28: what is awarded is taken in its worker's turn");
        if (!may) return;
        _open(book, deal, 0, worker);
        (book.state, book.worker, book.time) = (2, worker, now_);
    }

    function register(uint256 which, uint256 who) external {
        if (deals.length == 0) return;
        uint256 d = which % deals.length;
        Deal storage deal = deals[d];
        Book storage book = books[deal.book];
        Conditions storage conditions = book.conditions;
        (address winner, uint256 bond) = (deal.award.winner, conditions.bidBond);
        bool may =
            bond > 0 &&
                book.registered == 0 &&
                _isOpen(book, deal) &&
                now_ + conditions.turnSeconds <= book.terms.claimUntil &&
                _fits(book, deal) &&
                deal.bid.reward == deal.award.reward &&
                now_ <= deal.bid.goodUntil &&
                !used[winner][deal.bid.nonce] &&
                !cancelled[winner][deal.bid.nonce] &&
                bonds[winner] >= bond;
        bytes memory data = abi.encodeCall(
            IOffers.registerAward,
            (_terms(deal), _permission(deal, who), deal.bid, deal.bidSignature)
        );
        _expect(
            _try(actor(who), address(OFFERS), data),
            may,
            "29: a bond is held for a bid that stands, once"
        );
        if (!may) return;
        used[winner][deal.bid.nonce] = true;
        bonds[winner] -= bond;
        held += bond;
        (book.registered, book.since, book.held) = (d + 1, now_, bond);
    }

    function claim(uint256 which, uint256 who) external {
        if (deals.length == 0) return;
        uint256 d = which % deals.length;
        Deal storage deal = deals[d];
        Book storage book = books[deal.book];
        Conditions storage conditions = book.conditions;
        bool isBonded = conditions.bidBond > 0;
        address worker = actor(who);
        uint256 from = isBonded ? book.since : deal.award.from;
        bool may =
            _isOpen(book, deal) &&
                !isRevoked[book.terms.requester] &&
                now_ <= book.terms.claimUntil &&
                (isBonded ? book.registered == d + 1 : _fits(book, deal)) &&
                _isTurnOf(worker, deal.award, from, conditions.turnSeconds);
        bytes memory data = abi.encodeCall(
            IMarketplace.claimReserved,
            (_terms(deal), 0, address(OFFERS), _permission(deal, who))
        );
        _expect(_try(worker, address(MARKETPLACE), data), may, "28: a batch is claimed in its worker's turn");
        if (!may) return;
        if (isBonded && worker == deal.award.winner && now_ - from < conditions.turnSeconds) {
            _free(book, worker);
        }
        (book.state, book.worker, book.time) = (2, worker, now_);
    }

    function returnBond(uint256 which, uint256 who) external {
        if (deals.length == 0) return;
        uint256 d = which % deals.length;
        Deal storage deal = deals[d];
        Book storage book = books[deal.book];
        bool isClaimable = book.state != 0 && !book.isCancelled && !isRevoked[book.terms.requester];
        bool may =
            book.registered == d + 1 &&
                _isPosted(book, deal) &&
                !isClaimable &&
                now_ - book.since < book.conditions.turnSeconds;
        bytes memory data = abi.encodeCall(IOffers.returnBond, (_terms(deal), _permission(deal, who)));
        bool ok = _try(actor(who), address(OFFERS), data);
        _expect(ok, may, "30: a bond comes back if the job cannot be claimed in the winner's turn");
        if (may) _free(book, deal.award.winner);
    }

    function addBond(uint256 who, uint256 payer, uint256 amount) external {
        amount = 1 + (amount % 2 ether);
        (address account, address from) = (actor(who), actor(payer));
        vm.deal(from, amount);
        vm.warp(now_);
        vm.prank(from);
        OFFERS.addBond{value: amount}(account);
        bonds[account] += amount;
    }

    function withdrawBond(uint256 who, uint256 amount) external {
        address account = actor(who);
        amount %= bonds[account] + 2;
        bytes memory data = abi.encodeCall(IOffers.withdrawBond, (amount, payable(account)));
        bool may = amount <= bonds[account];
        _expect(_try(account, address(OFFERS), data), may, "31: what is not held is withdrawn, and no more");
        if (may) bonds[account] -= amount;
    }

    function cancelNonce(uint256 who, uint256 nonce) external {
        _cancelNonce(actor(who), nonce % NONCES);
    }

    /// @dev Mostly given: without it nothing happens.
    function setRights(uint256 who, uint256 how) external {
        address account = actor(who);
        isRevoked[account] = how % 4 == 0;
        uint256 rights = isRevoked[account] ? 0 : Rights.REQUEST;
        bytes memory data = abi.encodeCall(IMarketplace.setRights, (address(OFFERS), rights));
        _expect(_try(account, address(MARKETPLACE), data), true, "11: rights are their account's");
    }

    function cancelJob(uint256 which, uint256 how) external {
        if (books.length == 0 || how % 3 != 0) return;
        Book storage book = books[which % books.length];
        if (book.state != 1 || book.isCancelled) return;
        bytes memory data = abi.encodeCall(IMarketplace.cancel, (_termsAt(book, book.reward)));
        _expect(
            _try(book.terms.requester, address(MARKETPLACE), data),
            true,
            "25: what is open is cancelled"
        );
        book.isCancelled = true;
        _refund(book);
    }

    /// @dev Whatever leads a claimed batch on, or back.
    function work(uint256 which, uint256 how) external {
        if (books.length == 0) return;
        Book storage book = books[which % books.length];
        JobTerms memory terms = _termsAt(book, book.reward);
        if (book.state == 2) {
            bool isLate = now_ > book.time + SUBMIT_SECONDS;
            bool isGivenBack = isLate || how % 2 == 0;
            bytes memory data =
                isLate
                    ? abi.encodeCall(IMarketplace.expire, (terms, 0))
                    : isGivenBack
                        ? abi.encodeCall(IMarketplace.release, (terms, 0))
                        : abi.encodeCall(
                            IMarketplace.submit,
                            (
                                JobId.wrap(keccak256(abi.encode(terms))),
                                0,
                                bytes32(uint256(1)),
                                _cid(0x01711e20)
                            )
                        );
            _expect(
                _try(book.worker, address(MARKETPLACE), data),
                true,
                "25: the way of a batch is the same"
            );
            (book.state, book.time) = (isGivenBack ? 1 : 3, now_);
            if (isGivenBack && now_ > terms.claimUntil) _refund(book);
        } else if (book.state == 3 && now_ >= book.time + CHALLENGE_SECONDS) {
            bytes memory data = abi.encodeCall(IMarketplace.settle, (terms, new uint32[](1)));
            _expect(_try(book.worker, address(MARKETPLACE), data), true, "25: what was submitted is settled");
            credit[book.worker] += uint256(terms.taskCount) * book.reward;
            book.state = 4;
        }
    }
}
