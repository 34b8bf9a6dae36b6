// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Dispute} from "../../shared/types/Dispute.sol";
import {JobId, JobTerms} from "../../shared/types/Job.sol";
import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {Batch} from "../types/Batch.sol";
import {Ledger} from "../types/Ledger.sol";
import {Parameters} from "../types/Parameters.sol";
import {Question, QuestionView} from "../types/Question.sol";
import {BatchLib} from "./BatchLib.sol";
import {ChallengeLib} from "./ChallengeLib.sol";
import {DemandLib} from "./DemandLib.sol";
import {PreparationLib} from "./PreparationLib.sol";
import {QuestionLib} from "./QuestionLib.sol";

/// @notice Everything that happens to a batch that does not go its plain way: given back, overdue, in question. In code of its own: with
/// it the Marketplace would be larger than a chain takes.
/// @dev A library that is linked: its address is a constant of the Marketplace's code, so what runs is as fixed as that. It runs on the
/// Marketplace's storage and holds nothing. Only these calls pay for the detour.
library Remedies {
    using BatchLib for Ledger;
    using ChallengeLib for Ledger;
    using DemandLib for Ledger;
    using PreparationLib for Ledger;
    using QuestionLib for Batch;

    function expire(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        uint256 penaltyBps
    ) external {
        ledger.expire(terms, index, penaltyBps);
    }

    function release(
        Ledger storage ledger,
        address caller,
        JobTerms calldata terms,
        uint32 index,
        Parameters calldata parameters
    ) external {
        ledger.release(caller, terms, index, parameters);
    }

    function prepare(Ledger storage ledger, address asker, bytes32 commitment) external {
        ledger.prepare(asker, commitment);
    }

    function reclaim(
        Ledger storage ledger,
        address asker,
        Question calldata question,
        uint32 round,
        uint32 number
    ) external {
        ledger.reclaim(asker, question, round, number);
    }

    function challenge(
        Ledger storage ledger,
        address challenger,
        JobTerms calldata terms,
        Question calldata question,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof,
        Parameters calldata parameters
    ) external {
        ledger.challenge(challenger, terms, question, leaf, proof, parameters);
    }

    function resolve(
        Ledger storage ledger,
        JobTerms calldata terms,
        Dispute calldata dispute,
        Parameters calldata parameters
    ) external {
        ledger.resolve(terms, dispute, parameters);
    }

    function demand(
        Ledger storage ledger,
        address asker,
        JobTerms calldata terms,
        Question calldata question,
        Parameters calldata parameters
    ) external {
        ledger.demand(asker, terms, question, parameters);
    }

    function reveal(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        uint32 number,
        ResultLeaf calldata leaf,
        bytes32[] calldata proof,
        Parameters calldata parameters
    ) external {
        ledger.reveal(terms, index, number, leaf, proof, parameters);
    }

    function forfeit(
        Ledger storage ledger,
        JobTerms calldata terms,
        uint32 index,
        uint32 round,
        uint32 number,
        Parameters calldata parameters
    ) external {
        ledger.forfeit(terms, index, round, number, parameters);
    }

    function pendingQuestions(
        Ledger storage ledger,
        JobId id,
        uint32 index,
        uint256 most
    ) external view returns (QuestionView[] memory) {
        return ledger.batches[id][index].pending(most);
    }
}
