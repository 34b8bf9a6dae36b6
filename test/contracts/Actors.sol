// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {Rights} from "../../contracts/market/types/Rights.sol";
import {SignedCall} from "../../contracts/market/types/SignedCall.sol";
import {vm} from "./Vm.sol";

/// @notice Those who play, each of whom has a key. What one of them does it does itself, by an operator, or by its signature.
abstract contract Actors {
    uint256 public constant ACTORS = 4;
    bytes32 private constant CALL_TYPEHASH = keccak256(
        "Call(address account,bytes data,uint256 value,uint256 nonce,uint256 deadline)"
    );

    IMarketplace internal immutable MARKETPLACE;
    bytes32 private immutable DOMAIN_SEPARATOR;

    /// Unix seconds: the test's own clock, so that it never depends on what the test runner does with the block's.
    uint256 public now_ = 2_000_000_000;
    address[ACTORS] private actors;
    /// Makes every nonce, and every choice of a way, another one.
    uint256 private moves;

    constructor(IMarketplace marketplace) {
        MARKETPLACE = marketplace;
        for (uint256 i = 0; i < ACTORS; ++i) actors[i] = vm.addr(_key(i));
        DOMAIN_SEPARATOR = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Assay Marketplace"),
                keccak256("1"),
                block.chainid,
                address(marketplace)
            )
        );
    }

    function actor(uint256 seed) public view returns (address) {
        return actors[seed % ACTORS];
    }

    /// @dev Makes a call in the name of `owner`, which succeeds.
    function _do(address owner, uint256 value, bytes memory data) internal returns (bytes memory answer) {
        uint256 random = uint256(keccak256(abi.encode(++moves, data)));
        address sender = actor(random >> 8);
        bytes memory call = data;
        bool named = true;
        if (random % 4 == 0 && MARKETPLACE.rightsOf(owner, sender) & rightFor(data) != 0) {
            call = abi.encodeCall(IMarketplace.callFor, (owner, data));
        } else if (random % 4 == 1) {
            call = _signed(owner, SignedCall(owner, data, value, _freshNonce(owner), now_));
        } else {
            (sender, named) = (owner, false);
        }
        bool ok;
        (ok, answer) = _send(sender, value, call);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
        if (named) answer = abi.decode(answer, (bytes));
    }

    /// @dev What anybody may call, for nobody.
    function _send(address sender, uint256 value, bytes memory data, string memory rule) internal {
        (bool ok, ) = _send(sender, value, data);
        require(ok, rule);
    }

    function _send(address sender, uint256 value, bytes memory data) internal returns (bool, bytes memory) {
        vm.deal(sender, sender.balance + value);
        vm.prank(sender);
        return address(MARKETPLACE).call{value: value}(data);
    }

    /// @dev A call, signed by `signer`.
    function _signed(address signer, SignedCall memory call) internal view returns (bytes memory) {
        bytes32 hash = keccak256(
            abi.encode(
                CALL_TYPEHASH,
                call.account,
                keccak256(call.data),
                call.value,
                call.nonce,
                call.deadline
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR, hash));
        uint256 i = 0;
        while (actors[i] != signer) ++i;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(i), digest);
        return abi.encodeCall(IMarketplace.callSigned, (call, abi.encodePacked(r, s, v)));
    }

    /// @dev Any that `owner` has not used, of few words, so that words are used up in no order.
    function _freshNonce(address owner) internal returns (uint256 nonce) {
        do nonce = uint256(keccak256(abi.encode(++moves))) % 1024; while (_isUsed(owner, nonce));
    }

    function _isUsed(address owner, uint256 nonce) internal view returns (bool) {
        return (MARKETPLACE.nonces(owner, nonce >> 8) >> (nonce & 255)) & 1 == 1;
    }

    /// @dev What an operator needs, as `invariants.md` has it; zero for what no operator can do.
    function rightFor(bytes memory data) public pure returns (uint256) {
        bytes4 call = bytes4(data);
        if (call == IMarketplace.claim.selector || call == IMarketplace.submit.selector) return Rights.WORK;
        if (call == IMarketplace.release.selector) return Rights.WORK;
        if (call == IMarketplace.post.selector || call == IMarketplace.postFromCredit.selector)
            return Rights.REQUEST;
        if (call == IMarketplace.cancel.selector) return Rights.REQUEST;
        if (call == IMarketplace.prepare.selector || call == IMarketplace.reclaim.selector)
            return Rights.QUESTION;
        if (call == IMarketplace.challenge.selector || call == IMarketplace.demand.selector)
            return Rights.QUESTION;
        if (call == IMarketplace.deposit.selector || call == IMarketplace.unbond.selector)
            return Rights.STAKE;
        if (call == IMarketplace.rebond.selector) return Rights.STAKE;
        if (call == IMarketplace.withdraw.selector || call == IMarketplace.withdrawStake.selector)
            return Rights.PAYOUT;
        return 0;
    }

    function _key(uint256 i) internal pure returns (uint256) {
        return 0xA55A00 + i;
    }
}
