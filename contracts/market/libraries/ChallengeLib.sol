// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IArbiter} from "../../shared/interfaces/IArbiter.sol";
import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch, BatchStatus} from "../types/Batch.sol";
import {Dispute, DisputeId, Ground, Ruling} from "../../shared/types/Dispute.sol";
import {JobId, JobTerms} from "../../shared/types/Job.sol";
import {Ledger} from "../types/Ledger.sol";
import {Parameters} from "../types/Parameters.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {ArbiterLib} from "./ArbiterLib.sol";
import {BatchLib} from "./BatchLib.sol";
import {DemandLib} from "./DemandLib.sol";
import {DisputeLib} from "../../shared/libraries/DisputeLib.sol";
import {QuestionLib} from "./QuestionLib.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice A challenge: submitted → challenged, and by the arbiter's ruling on to submitted, open or void.
library ChallengeLib {
    using DemandLib for Ledger;
    using DisputeLib for Dispute;
    using QuestionLib for *;
    using SafeCast for uint256;
    using TermsLib for JobTerms;

    uint8 private constant OUTCOME_OK = 1;

    /// @dev The first to bring a commitment has prepared it; bringing it again does not make it younger, so nobody can hold up
    /// another's challenge.
    function prepare(Ledger storage ledger, bytes32 commitment) internal {
        if (ledger.prepared[commitment] != 0) return;
        ledger.prepared[commitment] = block.number;
        emit IMarketplace.ChallengePrepared(commitment, msg.sender);
    }

    function challenge(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof,
        bytes32 expectedRoot,
        Ground ground,
        bytes32 salt,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        Batch storage batch = ledger.batches[id][index];

        // Check: the batch may be challenged, on this ground, by whoever prepared it.
        if (batch.status == BatchStatus.Demanded) ledger.supersede(terms, id, index, parameters);
        BatchLib.checkStatus(batch.status, BatchStatus.Submitted, id, index);
        batch.checkQuestionable(id, terms, index, expectedRoot);
        if (ground == Ground.None || (ground == Ground.Unavailable && leaf.outcome != OUTCOME_OK)) {
            revert IMarketplace.Marketplace_WrongGround(ground, leaf.outcome);
        }
        _usePrepared(ledger, keccak256(abi.encode(msg.sender, id, index, leaf.position, ground, salt)));

        // Check: bond and fee are here, to the wei.
        uint96 fee = IArbiter(terms.arbiter).fee().toUint96();
        uint96 bond = terms.partOfStake(parameters.challengeBondBps);
        uint256 needed = uint256(bond) + fee;
        if (msg.value != needed) revert IMarketplace.Marketplace_WrongValue(msg.value, needed);

        // Effect: the batch waits for the ruling.
        Dispute memory dispute = Dispute({
            job: id,
            specHash: terms.specHash,
            batch: index,
            position: leaf.position,
            ground: ground,
            requester: terms.requester,
            worker: batch.worker,
            challenger: msg.sender,
            resultRoot: expectedRoot,
            resultLeaf: QuestionLib.checkLeaf(id, terms, index, expectedRoot, leaf, proof),
            openedAt: uint40(block.timestamp),
            bond: bond,
            fee: fee
        });
        bytes32 disputeId = keccak256(abi.encode(dispute));
        batch.ask(BatchStatus.Challenged, disputeId);
        emit IMarketplace.BatchChallenged(id, index, DisputeId.wrap(disputeId), dispute, leaf);

        // Interaction: the arbiter is paid.
        IArbiter(terms.arbiter).open{value: fee}(dispute);
    }

    function resolve(
        Ledger storage ledger,
        JobTerms calldata terms,
        Dispute calldata dispute,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        uint32 index = dispute.batch;
        Batch storage batch = ledger.batches[id][index];
        DisputeId disputeId = dispute.id();

        // Check: there is a ruling, or its time is over.
        BatchLib.checkStatus(batch.status, BatchStatus.Challenged, id, index);
        DisputeId asked = DisputeId.wrap(batch.question);
        if (DisputeId.unwrap(asked) != DisputeId.unwrap(disputeId)) {
            revert IMarketplace.Marketplace_WrongDispute(id, index, asked, disputeId);
        }
        Ruling ruling = ArbiterLib.ask(terms.arbiter, address(this), disputeId);
        if (ruling == Ruling.None) {
            uint256 timeoutAt = uint256(dispute.openedAt) + parameters.disputeTimeoutSeconds;
            if (block.timestamp <= timeoutAt) {
                revert IMarketplace.Marketplace_NotRuled(id, index, timeoutAt);
            }
            ruling = Ruling.Undecided;
        }

        // Effect: the ruling is carried out.
        emit IMarketplace.ChallengeResolved(id, index, disputeId, ruling);
        if (ruling == Ruling.WorkerRight) {
            ledger.acquit(batch, dispute.openedAt, dispute.bond);
        } else if (ruling == Ruling.WorkerWrong) {
            ledger.convict(id, terms, index, dispute.challenger, dispute.bond, dispute.fee, parameters);
        } else {
            ledger.dismiss(id, terms, index, dispute.challenger, dispute.bond);
        }
    }

    /// @dev A commitment counts from the block after its own, and once.
    function _usePrepared(Ledger storage ledger, bytes32 commitment) private {
        uint256 preparedAt = ledger.prepared[commitment];
        if (preparedAt == 0 || block.number <= preparedAt) {
            revert IMarketplace.Marketplace_NotPrepared(commitment, preparedAt);
        }
        ledger.prepared[commitment] = 0;
    }
}
