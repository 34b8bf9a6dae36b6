// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../../contracts/market/interfaces/IMarketplace.sol";
import {IOffers} from "../../../contracts/offers/interfaces/IOffers.sol";
import {Conditions, Resumption} from "../../../contracts/offers/types/Offer.sol";
import {Cid} from "../../../contracts/shared/types/Cid.sol";
import {JobId, JobTerms} from "../../../contracts/shared/types/Job.sol";
import {OfferPlayers} from "./OfferPlayers.sol";

/// @notice What the fuzzer plays with: offers are signed, taken, posted, cancelled, resumed and changed, in time and too late, by anybody. Of
/// every call the handler knows whether it has to succeed, by a model of its own, and what it costs whom.
contract OffersHandler is OfferPlayers {
    struct Book {
        JobTerms terms;
        Conditions conditions;
        bytes signature;
        bytes32 digest;
        /// What is in escrow, or paid, for it now, fees included.
        uint256 spent;
        /// From where the ramp goes on, and whether it is to be had again.
        Resumption resumption;
    }

    /// A job of an offer, and how far it is: 1 open, 2 claimed, 3 submitted, 4 over.
    struct Job {
        uint256 book;
        uint96 reward;
        uint8 state;
        address worker;
        uint256 time;
    }

    Book[] private books;
    Job[] private jobs;
    mapping(bytes32 id => bool) private posted;
    constructor(IMarketplace marketplace, IOffers offers) OfferPlayers(marketplace, offers) {}

    function bookCount() external view returns (uint256) {
        return books.length;
    }

    function spentOf(uint256 b) external view returns (uint256 spent, uint256 limit) {
        return (books[b].spent, books[b].conditions.limit);
    }

    // ─── Moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    function pass(uint256 seconds_) external {
        now_ += 1 + (seconds_ % 30 minutes);
    }

    /// @dev Nonces are few, so that offers share them; limits are tight, so that some cannot be kept.
    function sign(uint256 who, uint256 seed) external {
        address requester = actor(who);
        Book storage book = books.push();
        book.terms = _jobTerms(requester, 1 + (seed % 4), now_ + 30 days, books.length);
        uint96 least = uint96(1 + ((seed >> 8) % 1000));
        bool rises = (seed >> 32) % 2 == 0;
        book.conditions = Conditions({
            minReward: least,
            maxReward: rises ? least + uint96((seed >> 40) % 1000) : least,
            rampFrom: uint40(now_ + ((seed >> 56) % 1 hours)),
            rampSeconds: uint32((seed >> 64) % 2 hours),
            takeUntil: uint40(now_ + ((seed >> 80) % 6 hours)),
            limit: (1 + (seed % 4)) * (least + ((seed >> 96) % 1200)) + 20,
            fee: uint96((seed >> 112) % 50),
            selector: address(0),
            awardUntil: 0,
            turnSeconds: 0,
            bidBond: 0,
            nonce: (seed >> 128) % 200
        });
        book.digest = OFFERS.offerDigest(book.terms, book.conditions);
        book.signature = _sign(requester, book.digest);
    }

    function take(uint256 which, uint256 who, uint256 price, bool done) external {
        if (books.length == 0) return;
        uint256 b = which % books.length;
        Book storage book = books[b];
        (uint96 least, uint96 most) = (book.conditions.minReward, _ramp(book));
        uint96 reward = least + uint96(price % (most - least + 2));
        if (price % 16 == 0) reward = least - 1;
        bytes32 id = _idOf(book, reward);
        bool may = reward >= least && reward <= most && _isFresh(book, id, reward, 0);
        address worker = actor(who);
        bool ok = _try(worker, address(MARKETPLACE), _takeData(book, reward, done));
        _expect(ok, may, "20: an offer is taken if it was signed, in time, once, for its price");
        if (!ok) return;
        _pay(book, uint256(book.terms.taskCount) * reward, 0, worker);
        _note(book, id, Job(b, reward, done ? 3 : 2, worker, now_));
    }

    function post(uint256 which, uint256 who) external {
        if (books.length == 0) return;
        uint256 b = which % books.length;
        Book storage book = books[b];
        uint96 reward = book.conditions.minReward;
        bytes32 id = _idOf(book, reward);
        uint96 fee = book.conditions.fee;
        bool may = reward == book.conditions.maxReward && _isFresh(book, id, reward, fee);
        address poster = actor(who);
        bytes memory data = abi.encodeCall(
            IOffers.post,
            (_termsOf(book, reward), _spec(), _permissionOf(book))
        );
        bool ok = _try(poster, address(OFFERS), data);
        _expect(ok, may, "21: an offer is posted if its price is fixed, in time, once");
        if (!ok) return;
        _pay(book, uint256(book.terms.taskCount) * reward, fee, poster);
        _note(book, id, Job(b, reward, 1, address(0), now_));
    }

    /// @dev What was signed, with one thing changed, is worth nothing.
    function change(uint256 which, uint256 who, uint256 seed) external {
        if (books.length == 0) return;
        Book storage book = books[which % books.length];
        Book memory changed = book;
        uint256 what = seed % 6;
        if (what == 0) changed.conditions.limit += 1 + ((seed >> 8) % 1000);
        if (what == 1) changed.conditions.takeUntil += 1 days;
        if (what == 2) changed.conditions.maxReward += 1000;
        if (what == 3) changed.conditions.nonce += 1 + ((seed >> 8) % 1000);
        if (what == 4) changed.terms.salt += 1000;
        if (what == 5) changed.terms.requester = actor(seed >> 8);
        if (what == 5 && changed.terms.requester == book.terms.requester) return;
        JobTerms memory terms = changed.terms;
        terms.rewardPerTask = changed.conditions.minReward;
        bytes memory data = abi.encodeCall(
            IMarketplace.take,
            (
                terms,
                _spec(),
                0,
                Cid(0, 0),
                address(OFFERS),
                _permission(changed.conditions, changed.signature)
            )
        );
        _expect(_try(actor(who), address(MARKETPLACE), data), false, "22: what was changed was not signed");
    }

    function cancelNonce(uint256 who, uint256 nonce) external {
        _cancelNonce(actor(who), nonce % 200);
    }

    function cancelJob(uint256 which) external {
        if (jobs.length == 0) return;
        Job storage job = jobs[which % jobs.length];
        if (job.state == 4) return;
        Book storage book = books[job.book];
        bytes memory data = abi.encodeCall(IMarketplace.cancel, (_termsOf(book, job.reward)));
        bool ok = _try(book.terms.requester, address(MARKETPLACE), data);
        if (!ok || job.state != 1) return;
        _refund(book, job);
    }

    function resume(uint256 which, uint256 who) external {
        if (jobs.length == 0) return;
        Job storage job = jobs[which % jobs.length];
        Book storage book = books[job.book];
        Conditions storage conditions = book.conditions;
        address requester = book.terms.requester;
        bool may =
            job.state == 1 &&
                now_ <= conditions.takeUntil &&
                conditions.minReward != conditions.maxReward &&
                used[requester][conditions.nonce] &&
                !cancelled[requester][conditions.nonce] &&
                book.resumption.since == 0 &&
                !_isCancelled(book, job);
        bytes memory data = abi.encodeCall(IOffers.resume, (_termsOf(book, job.reward), _permissionOf(book)));
        bool ok = _try(actor(who), address(OFFERS), data);
        _expect(ok, may, "24: a job is resumed if nobody holds it");
        if (!ok) return;
        book.resumption = Resumption(job.reward, uint40(now_));
        _refund(book, job);
    }

    /// @dev Whatever leads a claimed batch on, or back.
    function work(uint256 which, uint256 how) external {
        if (jobs.length == 0) return;
        Job storage job = jobs[which % jobs.length];
        Book storage book = books[job.book];
        JobTerms memory terms = _termsOf(book, job.reward);
        if (job.state == 2 && now_ <= job.time + SUBMIT_SECONDS) {
            bytes memory data =
                how % 2 == 0
                    ? abi.encodeCall(IMarketplace.release, (terms, 0))
                    : abi.encodeCall(
                        IMarketplace.submit,
                        (JobId.wrap(_idOf(book, job.reward)), 0, bytes32(uint256(1)), _cid(0x01711e20))
                    );
            _expect(_try(job.worker, address(MARKETPLACE), data), true, "25: work is done");
            if (how % 2 == 0) _vacate(book, job);
            else (job.state, job.time) = (3, now_);
        } else if (job.state == 2) {
            bytes memory data = abi.encodeCall(IMarketplace.expire, (terms, 0));
            _expect(_try(job.worker, address(MARKETPLACE), data), true, "25: a claim expires");
            _vacate(book, job);
        } else if (job.state == 3) {
            uint32[] memory first = new uint32[](1);
            JobTerms[] memory all = new JobTerms[](1);
            all[0] = terms;
            bytes memory data = abi.encodeCall(IOffers.settleMany, (all, first));
            _expect(_try(job.worker, address(OFFERS), data), true, "25: whatever can be is settled");
            if (now_ < job.time + CHALLENGE_SECONDS) return;
            credit[job.worker] += uint256(terms.taskCount) * job.reward;
            job.state = 4;
        } else if (job.state == 1 && !_isCancelled(book, job)) {
            if (now_ > terms.claimUntil) return;
            bytes memory data = abi.encodeCall(IMarketplace.claim, (terms, 0));
            address worker = actor(how);
            _expect(_try(worker, address(MARKETPLACE), data), true, "25: what is open is claimed");
            (job.state, job.worker, job.time) = (2, worker, now_);
        }
    }

    // ─── The model ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev In time, within the limit, signed for this job, which was never posted.
    function _isFresh(Book storage book, bytes32 id, uint96 reward, uint96 fee) private view returns (bool) {
        Conditions storage conditions = book.conditions;
        address requester = book.terms.requester;
        bool isRising = conditions.minReward != conditions.maxReward;
        return
            now_ <= conditions.takeUntil &&
            uint256(book.terms.taskCount) * reward + fee <= conditions.limit &&
            !cancelled[requester][conditions.nonce] &&
            (!used[requester][conditions.nonce] || book.resumption.since != 0) &&
            (isRising || !used[requester][conditions.nonce]) &&
            !posted[id] &&
            reward > 0 &&
            now_ < book.terms.claimUntil;
    }

    function _ramp(Book storage book) private view returns (uint96) {
        Conditions storage conditions = book.conditions;
        (uint256 start, uint256 from) = (conditions.minReward, conditions.rampFrom);
        if (book.resumption.since != 0) (start, from) = (book.resumption.reward, book.resumption.since);
        if (now_ <= from || conditions.minReward == conditions.maxReward) return uint96(start);
        if (conditions.rampSeconds == 0) return conditions.maxReward;
        uint256 slope = conditions.maxReward - conditions.minReward;
        uint256 reward = start + (slope * (now_ - from)) / conditions.rampSeconds;
        return reward < conditions.maxReward ? uint96(reward) : conditions.maxReward;
    }

    function _pay(Book storage book, uint256 escrow, uint256 fee, address poster) private {
        credit[book.terms.requester] -= escrow + fee;
        credit[poster] += fee;
        book.spent += escrow + fee;
        require(book.spent <= book.conditions.limit, "26: never more is spent than was signed");
    }

    function _note(Book storage book, bytes32 id, Job memory job) private {
        posted[id] = true;
        jobs.push(job);
        delete book.resumption;
        Conditions storage conditions = book.conditions;
        if (conditions.minReward != conditions.maxReward) {
            used[book.terms.requester][conditions.nonce] = true;
        }
    }

    function _refund(Book storage book, Job storage job) private {
        uint256 escrow = uint256(book.terms.taskCount) * job.reward;
        credit[book.terms.requester] += escrow;
        book.spent -= escrow;
        job.state = 4;
    }

    /// @dev Open again, or refunded if the job was cancelled meanwhile.
    function _vacate(Book storage book, Job storage job) private {
        (job.state, job.worker) = (1, address(0));
        if (_isCancelled(book, job) || now_ > book.terms.claimUntil) _refund(book, job);
    }

    function _isCancelled(Book storage book, Job storage job) private view returns (bool) {
        (, uint32 open) = MARKETPLACE.job(JobId.wrap(_idOf(book, job.reward)));
        return job.state == 1 && open == 0;
    }

    // ─── Calls ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    function _takeData(Book storage book, uint96 reward, bool done) private view returns (bytes memory) {
        return
            abi.encodeCall(
                IMarketplace.take,
                (
                    _termsOf(book, reward),
                    _spec(),
                    done ? bytes32(uint256(1)) : bytes32(0),
                    _cid(0x01711e20),
                    address(OFFERS),
                    _permissionOf(book)
                )
            );
    }

    function _permissionOf(Book storage book) private view returns (bytes memory) {
        return _permission(book.conditions, book.signature);
    }

    /// @dev The packed form.
    function _permission(
        Conditions memory conditions,
        bytes memory signature
    ) private pure returns (bytes memory) {
        return
            bytes.concat(
                abi.encodePacked(
                    uint8(1),
                    conditions.minReward,
                    conditions.maxReward,
                    conditions.rampFrom,
                    conditions.rampSeconds,
                    conditions.takeUntil
                ),
                abi.encodePacked(
                    uint128(conditions.limit),
                    conditions.fee,
                    uint64(conditions.nonce),
                    signature
                )
            );
    }

    function _termsOf(Book storage book, uint96 reward) private view returns (JobTerms memory terms) {
        terms = book.terms;
        terms.rewardPerTask = reward;
    }

    function _idOf(Book storage book, uint96 reward) private view returns (bytes32) {
        return keccak256(abi.encode(_termsOf(book, reward)));
    }
}
