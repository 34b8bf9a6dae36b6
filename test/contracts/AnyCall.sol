// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../../contracts/market/interfaces/IMarketplace.sol";
import {Cid} from "../../contracts/shared/types/Cid.sol";
import {Dispute, Ground} from "../../contracts/shared/types/Dispute.sol";
import {JobId, JobSpec, JobTerms} from "../../contracts/shared/types/Job.sol";
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
        bytes[11] memory calls = [
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
            abi.encodeCall(IMarketplace.post, (job, spec))
        ];
        return calls[what % calls.length];
    }

    function question(
        uint256 what,
        JobTerms calldata job,
        Dispute calldata dispute,
        uint32 b,
        uint256 amount
    ) external view returns (bytes memory) {
        JobId id = MARKETPLACE.jobId(job);
        uint32 position = uint32(amount % job.taskCount);
        bytes32 root = MARKETPLACE.batches(id, b, 1)[0].resultRoot;
        bytes32[] memory proof = new bytes32[](amount % 4);
        bytes[6] memory calls = [
            abi.encodeCall(IMarketplace.prepareChallenge, (bytes32(amount))),
            abi.encodeCall(
                IMarketplace.challenge,
                (job, b, ResultTree.leaf(id, position), proof, root, Ground.WrongResult, 0)
            ),
            abi.encodeCall(IMarketplace.resolve, (job, dispute)),
            abi.encodeCall(IMarketplace.demand, (job, b, position, root)),
            abi.encodeCall(IMarketplace.reveal, (job, b, ResultTree.leaf(id, position), proof)),
            abi.encodeCall(IMarketplace.forfeit, (job, b))
        ];
        return calls[what % calls.length];
    }
}
