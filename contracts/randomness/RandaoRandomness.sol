// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IRandomness} from "./interfaces/IRandomness.sol";
import {BlockHeader} from "./libraries/BlockHeader.sol";
import {BlockRandomness} from "./BlockRandomness.sol";

/// @title Randomness from the RANDAO mix of a future block
/// @notice A request names a block that does not exist yet; its `prevrandao` is the value, proved by the block's header.
///
/// The builder of a block has no say in it. On Ethereum the proposers before it have one bit each, for the price of the block that
/// they leave out. On the OP stack it is that of the parent chain's block that the sequencer derives from: the sequencer knows it
/// early and has a few to choose from.
contract RandaoRandomness is BlockRandomness {
    /// @notice This chain has no RANDAO: its `prevrandao` is a constant.
    error RandaoRandomness_NoRandao(uint256 prevrandao);

    constructor(uint64 delayBlocks) BlockRandomness(delayBlocks) {
        // Check: it looks like one. EIP-4399 names this bound.
        if (block.prevrandao < 1 << 64) revert RandaoRandomness_NoRandao(block.prevrandao);
    }

    /// @inheritdoc IRandomness
    /// @param proof The RLP of the header of block `id`.
    function read(uint64 id, bytes calldata proof) external view override returns (bytes32) {
        // Check: this is the header, and no other bytes.
        if (keccak256(proof) != _hash(id)) revert Randomness_WrongProof(id);
        return BlockHeader.prevrandao(proof);
    }
}
