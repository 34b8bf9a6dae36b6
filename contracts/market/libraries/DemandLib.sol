// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Batch, BatchStatus} from "../types/Batch.sol";
import {Demand, packDemand} from "../types/Demand.sol";
import {JobId, JobTerms} from "../../shared/types/Job.sol";
import {Ledger} from "../types/Ledger.sol";
import {Parameters} from "../types/Parameters.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {BatchLib} from "./BatchLib.sol";
import {CreditLib} from "./CreditLib.sol";
import {QuestionLib} from "./QuestionLib.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice A demand: submitted → demanded, and back to submitted when the leaf is shown; else the worker was wrong.
library DemandLib {
    using CreditLib for Ledger;
    using QuestionLib for *;
    using TermsLib for JobTerms;

    function demand(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        uint32 position,
        bytes32 expectedRoot,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        Batch storage batch = ledger.batches[id][index];

        // Check: the batch may be put in question, has such a task, and the bond is here.
        BatchLib.checkStatus(batch.status, BatchStatus.Submitted, id, index);
        batch.checkQuestionable(id, terms, index, expectedRoot);
        QuestionLib.placeOf(id, terms, index, position);
        uint96 bond = terms.partOfStake(parameters.demandBondBps);
        if (msg.value != bond) revert IMarketplace.Marketplace_WrongValue(msg.value, bond);

        // Effect: the time to answer starts.
        uint40 deadline = uint40(block.timestamp) + parameters.responseWindowSeconds;
        batch.ask(
            BatchStatus.Demanded,
            Demand.unwrap(packDemand(msg.sender, uint40(block.timestamp), position))
        );
        emit IMarketplace.LeafDemanded(id, index, batch.worker, position, msg.sender, bond, deadline);
    }

    function reveal(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        Batch storage batch = ledger.batches[id][index];
        Demand asked = _pending(batch, id, index);

        // Check: this is the leaf that was asked for, in time.
        uint40 deadline = asked.openedAt() + parameters.responseWindowSeconds;
        if (block.timestamp > deadline) revert IMarketplace.Marketplace_Overdue(id, index, deadline);
        if (leaf.position != asked.position()) {
            revert IMarketplace.Marketplace_WrongLeaf(id, index, leaf.position);
        }
        QuestionLib.checkLeaf(id, terms, index, batch.resultRoot, leaf, proof);

        // Effect: the worker is paid for its trouble.
        emit IMarketplace.LeafRevealed(id, index, leaf);
        ledger.acquit(batch, asked.openedAt(), terms.partOfStake(parameters.demandBondBps));
    }

    function forfeit(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        Parameters memory parameters
    ) internal {
        JobId id = terms.id();
        Demand asked = _pending(ledger.batches[id][index], id, index);

        // Check: the time to answer is over.
        uint40 deadline = asked.openedAt() + parameters.responseWindowSeconds;
        if (block.timestamp <= deadline) revert IMarketplace.Marketplace_NotOverdue(id, index, deadline);

        // Effect: who cannot show what it committed to was wrong.
        uint96 bond = terms.partOfStake(parameters.demandBondBps);
        ledger.convict(id, terms, index, asked.challenger(), bond, 0, parameters);
    }

    /// @dev A challenge takes the place of a demand that is pending; otherwise a worker could shield a wrong result by demands of
    /// its own. Who demanded gets the bond back, and the window has stood still. An overdue demand can only be forfeited.
    function supersede(
        Ledger storage ledger,
        JobTerms calldata terms,
        JobId id,
        uint32 index,
        Parameters memory parameters
    ) internal {
        Batch storage batch = ledger.batches[id][index];
        Demand asked = _pending(batch, id, index);
        uint40 deadline = asked.openedAt() + parameters.responseWindowSeconds;
        if (block.timestamp > deadline) revert IMarketplace.Marketplace_Overdue(id, index, deadline);
        batch.resume(asked.openedAt());
        ledger.add(asked.challenger(), address(0), terms.partOfStake(parameters.demandBondBps));
        emit IMarketplace.DemandSuperseded(id, index, asked.challenger());
    }

    function _pending(Batch storage batch, JobId id, uint32 index) private view returns (Demand) {
        BatchLib.checkStatus(batch.status, BatchStatus.Demanded, id, index);
        return Demand.wrap(batch.question);
    }
}
