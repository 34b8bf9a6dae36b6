// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IMarketplace} from "../../market/interfaces/IMarketplace.sol";
import {SignedCall} from "../../market/types/SignedCall.sol";
import {JobTerms} from "../../shared/types/Job.sol";
import {IOffers} from "../interfaces/IOffers.sol";
import {Signatures} from "./Signatures.sol";

/// @notice Many calls of the Marketplace in one transaction, of which none sinks the others.
abstract contract ManyCalls is Signatures {
    using Address for address payable;

    /// @dev More than any settlement of one batch takes. An estimate of gas is the least with which a transaction comes through: without this,
    /// one with which settlements fail, and are passed over.
    uint256 private constant SETTLE_GAS = 150_000;

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
        bytes4 tooLittle = Offers_TooLittleGas.selector;
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
                if lt(gas(), SETTLE_GAS) {
                    mstore(0, tooLittle)
                    revert(0, 4)
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
}
