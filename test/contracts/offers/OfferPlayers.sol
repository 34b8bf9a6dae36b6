// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../../contracts/market/interfaces/IMarketplace.sol";
import {Rights} from "../../../contracts/market/types/Rights.sol";
import {IOffers} from "../../../contracts/offers/interfaces/IOffers.sol";
import {Cid} from "../../../contracts/shared/types/Cid.sol";
import {JobSpec, JobTerms} from "../../../contracts/shared/types/Job.sol";
import {Actors} from "../Actors.sol";
import {vm} from "../Vm.sol";

/// @notice Those who play with offers: each has stake, and credit that `Offers` may spend. What their models have in common.
abstract contract OfferPlayers is Actors {
    IOffers public immutable OFFERS;
    uint32 internal constant SUBMIT_SECONDS = 1 hours;
    uint32 internal constant CHALLENGE_SECONDS = 10 minutes;
    bytes32 internal immutable SPEC_HASH;

    mapping(address account => mapping(uint256 nonce => bool)) internal used;
    mapping(address account => mapping(uint256 nonce => bool)) internal cancelled;
    /// What each has in the Marketplace, by the model.
    mapping(address account => uint256) public credit;
    /// Calls that went through, and were refused, as they had to be.
    uint256 public allowed;
    uint256 public refused;

    constructor(IMarketplace marketplace, IOffers offers) Actors(marketplace) {
        OFFERS = offers;
        SPEC_HASH = keccak256(abi.encode(_spec()));
        for (uint256 i = 0; i < ACTORS; ++i) {
            address who = actor(i);
            _do(who, 1_000_000 ether, abi.encodeCall(IMarketplace.deposit, ()));
            uint256 amount = 1_000_000 ether;
            _do(who, amount, abi.encodeCall(IMarketplace.addCredit, (who, address(0), amount)));
            credit[who] = amount;
            _do(who, 0, abi.encodeCall(IMarketplace.setRights, (address(offers), Rights.REQUEST)));
        }
    }

    function _cancelNonce(address account, uint256 nonce) internal {
        bytes memory data = abi.encodeCall(IOffers.cancelNonces, (nonce >> 7, uint128(1 << (nonce & 127))));
        _expect(_try(account, address(OFFERS), data), true, "23: nonces can be cancelled");
        cancelled[account][nonce] = true;
    }

    function _expect(bool ok, bool may, string memory rule) internal {
        require(ok == may, rule);
        if (ok) ++allowed;
        else ++refused;
    }

    function _try(address who, address target, bytes memory data) internal returns (bool ok) {
        vm.warp(now_);
        vm.prank(who);
        (ok, ) = target.call(data);
    }

    function _sign(address signer, bytes32 digest) internal view returns (bytes memory) {
        uint256 i = 0;
        while (actor(i) != signer) ++i;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(i), digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev A job of one batch, paid in ether.
    function _jobTerms(
        address requester,
        uint256 tasks,
        uint256 claimUntil,
        uint256 salt
    ) internal view returns (JobTerms memory) {
        return
            JobTerms({
                requester: requester,
                token: address(0),
                arbiter: address(0),
                taskCount: uint32(tasks),
                batchSize: uint32(tasks),
                rewardPerTask: 0,
                stakePerBatch: 0.001 ether,
                minScore: 0,
                claimUntil: uint40(claimUntil),
                submitWindowSeconds: SUBMIT_SECONDS,
                challengeWindowSeconds: CHALLENGE_SECONDS,
                salt: uint64(salt),
                specHash: SPEC_HASH
            });
    }

    function _cid(uint32 prefix) internal pure returns (Cid memory) {
        return Cid(bytes4(prefix), bytes32(uint256(1)));
    }

    function _spec() internal pure returns (JobSpec memory) {
        return
            JobSpec({
                program: _cid(0x01551e20),
                manifest: _cid(0x01711e20),
                inputRoot: bytes32(uint256(1)),
                memoryPages: 16,
                maxResultBytes: 1024,
                maxSteps: 1_000_000,
                machineRoot: 0
            });
    }
}
