// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {Cid} from "../../contracts/shared/types/Cid.sol";
import {Dispute} from "../../contracts/shared/types/Dispute.sol";
import {JobId, JobSpec, JobTerms} from "../../contracts/shared/types/Job.sol";
import {Question} from "../../contracts/market/types/Question.sol";
import {ResultTree} from "./ResultTree.sol";

/// @notice Calls of the Marketplace that are well-formed and no more.
contract AnyCall {
    IMarketplace private immutable MARKETPLACE;

    constructor(IMarketplace marketplace) {
        MARKETPLACE = marketplace;
    }

    function any(
        uint256 what,
        JobTerms calldata job,
        JobSpec calldata spec,
        uint32 b,
        uint256 amount,
        address to
    ) external view returns (bytes memory) {
        uint32[] memory two = new uint32[](2);
        (two[0], two[1]) = (b, 0);
        bytes32 word = bytes32(amount);
        bytes[12] memory calls = [
            abi.encodeCall(IMarketplace.unbond, (uint96(amount))),
            abi.encodeCall(IMarketplace.rebond, (uint96(amount))),
            abi.encodeCall(IMarketplace.withdrawStake, (payable(to))),
            abi.encodeCall(IMarketplace.withdraw, (job.token, payable(to))),
            abi.encodeCall(IMarketplace.cancel, (job)),
            abi.encodeCall(IMarketplace.claim, (job, b)),
            abi.encodeCall(IMarketplace.submit, (MARKETPLACE.jobId(job), b, word, Cid(0x01711e20, word))),
            abi.encodeCall(IMarketplace.settle, (job, two)),
            abi.encodeCall(IMarketplace.expire, (job, b)),
            abi.encodeCall(IMarketplace.release, (job, b)),
            abi.encodeCall(IMarketplace.post, (job, spec)),
            abi.encodeCall(IMarketplace.postFromCredit, (job, spec))
        ];
        return calls[what % calls.length];
    }

    /// @dev Answers and ends of questions, some of which were asked.
    function question(
        uint256 what,
        JobTerms calldata job,
        Dispute calldata dispute,
        uint32 b,
        uint256 amount
    ) external view returns (bytes memory) {
        JobId id = MARKETPLACE.jobId(job);
        uint32 position = uint32(amount % job.taskCount);
        bytes32[] memory proof = new bytes32[](amount % 4);
        Question memory own = Question({
            job: dispute.job,
            batch: dispute.batch,
            position: dispute.position,
            ground: dispute.ground,
            resultRoot: dispute.resultRoot,
            answer: dispute.answer,
            salt: bytes32(amount >> 128)
        });
        bytes[5] memory calls = [
            abi.encodeCall(IMarketplace.prepare, (bytes32(amount))),
            abi.encodeCall(IMarketplace.reclaim, (own, dispute.round, dispute.number)),
            abi.encodeCall(IMarketplace.resolve, (job, dispute)),
            abi.encodeCall(
                IMarketplace.reveal,
                (job, b, uint32(amount % 3), ResultTree.leaf(id, position), proof)
            ),
            abi.encodeCall(IMarketplace.forfeit, (job, b, dispute.round, dispute.number))
        ];
        return calls[what % calls.length];
    }
}
