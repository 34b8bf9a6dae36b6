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
import {StakeLib} from "./StakeLib.sol";

/// @notice Everything that happens to a batch that does not go its plain way: given back, overdue, in question; and to
/// stake on its way out. In code of its own: with it the Marketplace would be larger than a chain takes.
/// @dev A library that is linked: its address is a constant of the Marketplace's code, so what runs is as fixed as that. It runs on the
/// Marketplace's storage and holds nothing. Only these calls pay for the detour. Calls that bring a job's terms come as they are, or the
/// Marketplace would decode and encode all of it.
library Remedies {
    using BatchLib for Ledger;
    using ChallengeLib for Ledger;
    using DemandLib for Ledger;
    using PreparationLib for Ledger;
    using QuestionLib for Batch;
    using StakeLib for Ledger;

    function expire(
        Ledger storage ledger,
        address,
        Parameters calldata parameters,
        bytes calldata call
    ) external {
        ledger.expire(_terms(call), uint32(_word(call, 13)), parameters.expiryPenaltyBps);
    }

    function release(
        Ledger storage ledger,
        address caller,
        Parameters calldata parameters,
        bytes calldata call
    ) external {
        ledger.release(caller, _terms(call), uint32(_word(call, 13)), parameters);
    }

    function unbond(Ledger storage ledger, address owner, uint96 amount, uint32 unbondingSeconds) external {
        ledger.unbond(owner, amount, unbondingSeconds);
    }

    function rebond(Ledger storage ledger, address owner, uint96 amount) external {
        ledger.rebond(owner, amount);
    }

    function takeUnbonded(Ledger storage ledger, address owner) external returns (uint256 amount) {
        return ledger.takeUnbonded(owner);
    }

    function prepare(Ledger storage ledger, address asker, bytes32 commitment) external {
        ledger.prepare(asker, commitment);
    }

    function reclaim(
        Ledger storage ledger,
        address asker,
        Parameters calldata,
        bytes calldata call
    ) external {
        ledger.reclaim(asker, _question(call, 0), uint32(_word(call, 7)), uint32(_word(call, 8)));
    }

    function challenge(
        Ledger storage ledger,
        address challenger,
        Parameters calldata parameters,
        bytes calldata call
    ) external {
        ledger.challenge(
            challenger,
            _terms(call),
            _question(call, 13),
            _leaf(call, 20),
            _proof(call, 25),
            parameters
        );
    }

    function resolve(
        Ledger storage ledger,
        address,
        Parameters calldata parameters,
        bytes calldata call
    ) external {
        ledger.resolve(_terms(call), _dispute(call, 13), parameters);
    }

    function demand(
        Ledger storage ledger,
        address asker,
        Parameters calldata parameters,
        bytes calldata call
    ) external {
        ledger.demand(asker, _terms(call), _question(call, 13), parameters);
    }

    function reveal(
        Ledger storage ledger,
        address,
        Parameters calldata parameters,
        bytes calldata call
    ) external {
        ledger.reveal(
            _terms(call),
            uint32(_word(call, 13)),
            uint32(_word(call, 14)),
            _leaf(call, 15),
            _proof(call, 20),
            parameters
        );
    }

    function forfeit(
        Ledger storage ledger,
        address,
        Parameters calldata parameters,
        bytes calldata call
    ) external {
        ledger.forfeit(
            _terms(call),
            uint32(_word(call, 13)),
            uint32(_word(call, 14)),
            uint32(_word(call, 15)),
            parameters
        );
    }

    function pendingQuestions(
        Ledger storage ledger,
        JobId id,
        uint32 index,
        uint256 most
    ) external view returns (QuestionView[] memory) {
        return ledger.batches[id][index].pending(most);
    }

    // Arguments of the Marketplace's call, by the word in which they begin. The Marketplace has decoded them, and so checked where they end.

    function _word(bytes calldata call, uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(call.offset, add(4, shl(5, place))))
        }
    }

    function _terms(bytes calldata call) private pure returns (JobTerms calldata terms) {
        assembly ("memory-safe") {
            terms := add(call.offset, 4)
        }
    }

    function _question(bytes calldata call, uint256 place) private pure returns (Question calldata question) {
        assembly ("memory-safe") {
            question := add(call.offset, add(4, shl(5, place)))
        }
    }

    function _dispute(bytes calldata call, uint256 place) private pure returns (Dispute calldata dispute) {
        assembly ("memory-safe") {
            dispute := add(call.offset, add(4, shl(5, place)))
        }
    }

    function _leaf(bytes calldata call, uint256 place) private pure returns (ResultLeaf calldata leaf) {
        assembly ("memory-safe") {
            leaf := add(call.offset, add(4, shl(5, place)))
        }
    }

    function _proof(bytes calldata call, uint256 place) private pure returns (bytes32[] calldata proof) {
        uint256 offset = _word(call, place);
        assembly ("memory-safe") {
            let start := add(call.offset, add(4, offset))
            proof.length := calldataload(start)
            proof.offset := add(start, 32)
        }
    }
}
