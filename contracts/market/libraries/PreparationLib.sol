// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Ground} from "../../shared/types/Dispute.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch} from "../types/Batch.sol";
import {Ledger} from "../types/Ledger.sol";
import {Asked, AskedStatus, Inquiry, Preparation, Question} from "../types/Question.sol";
import {CreditLib} from "./CreditLib.sol";
import {QuestionLib} from "./QuestionLib.sol";

/// @notice Whoever asks has committed to the whole question before, with money, after the submission and not long ago. So a copy of
/// somebody else's question comes too late, and preparing for everything, in order to be there first, costs a bond a task.
library PreparationLib {
    using CreditLib for Ledger;
    using SafeCast for uint256;

    function commitmentOf(address asker, Question calldata question) internal pure returns (bytes32) {
        return keccak256(abi.encode(asker, question));
    }

    function prepare(Ledger storage ledger, address asker, bytes32 commitment) internal {
        Preparation storage preparation = ledger.prepared[asker][commitment];
        // Check: there is money behind it, and it is new.
        if (msg.value == 0) revert IMarketplace.Marketplace_ZeroAmount();
        if (preparation.preparedAt != 0) {
            revert IMarketplace.Marketplace_AlreadyPrepared(commitment, preparation.preparedAt);
        }
        // Effect: the asker may ask from the next second on.
        (preparation.amount, preparation.preparedAt) = (msg.value.toUint96(), uint40(block.timestamp));
        emit IMarketplace.QuestionPrepared(asker, commitment, msg.value);
    }

    /// @dev Uses up the asker's preparation, and whatever it sent along, for bond and fee.
    /// @param leastWei What has to lie behind the commitment.
    /// @param neededWei What bond and fee come to.
    function pay(
        Ledger storage ledger,
        Batch storage batch,
        address asker,
        Question calldata question,
        Inquiry memory inquiry,
        uint256 leastWei,
        uint256 neededWei,
        uint32 validSeconds
    ) internal {
        bytes32 commitment = commitmentOf(asker, question);
        Preparation memory preparation = ledger.prepared[asker][commitment];
        uint256 preparedAt = preparation.preparedAt;
        uint256 submittedAt = batch.timestamp - inquiry.frozenSeconds;

        // Check: committed to after the submission, before this second, not too long ago, with money.
        if (
            preparedAt <= submittedAt ||
            preparedAt >= block.timestamp ||
            preparedAt + validSeconds < block.timestamp ||
            preparation.amount < leastWei
        ) revert IMarketplace.Marketplace_NotPrepared(commitment, preparedAt, preparation.amount);
        // Check: it pays for the question.
        uint256 paid = preparation.amount + msg.value;
        if (paid < neededWei) revert IMarketplace.Marketplace_WrongValue(paid, neededWei);

        // Effect: good for one question; what is too much goes back.
        delete ledger.prepared[asker][commitment];
        if (paid > neededWei) ledger.add(asker, address(0), paid - neededWei);
    }

    /// @dev The money of a question that somebody else asked meanwhile.
    function reclaim(
        Ledger storage ledger,
        address asker,
        Question calldata question,
        uint32 round,
        uint32 number
    ) internal {
        bytes32 commitment = commitmentOf(asker, question);
        Preparation memory preparation = ledger.prepared[asker][commitment];
        uint256 key = QuestionLib.keyOf(round, number, question.ground == Ground.None);
        Asked storage asked = ledger.batches[question.job][question.batch].asked[key];

        // Check: the same was asked, by somebody else, after this was prepared.
        if (preparation.preparedAt == 0) {
            revert IMarketplace.Marketplace_NotPrepared(commitment, 0, 0);
        }
        if (
            asked.status == AskedStatus.None ||
            asked.asker == asker ||
            asked.position != question.position ||
            asked.ground != question.ground ||
            asked.askedAt < preparation.preparedAt
        ) revert IMarketplace.Marketplace_NotAsked(question.job, question.batch, round, number);

        // Effect: it is the asker's again.
        delete ledger.prepared[asker][commitment];
        ledger.add(asker, address(0), preparation.amount);
        emit IMarketplace.PreparationReclaimed(asker, commitment, preparation.amount);
    }
}
