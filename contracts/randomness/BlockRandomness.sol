// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IRandomness} from "./interfaces/IRandomness.sol";
import {BlockHashes} from "./libraries/BlockHashes.sol";

/// @title Randomness from the hash of a future block
/// @notice A request names a block that does not exist yet; its hash is the value.
///
/// Warning: whoever makes that block chooses its hash: an Ethereum builder or a sequencer can try as many as it has time for. Fit for
/// chains whose block makers have no part in disputes, and for tests. `docs/jury.md` says what is known of each chain.
contract BlockRandomness is IRandomness {
    /// @notice How many blocks ahead a request looks.
    uint64 public immutable DELAY_BLOCKS;

    /// @notice Whether blocks are counted and hashed as on Arbitrum, where `block.number` is the parent chain's.
    bool public immutable ON_ARBITRUM;

    /// @notice A delay is outside `least … most` blocks.
    error BlockRandomness_DelayOutOfBounds(uint64 delayBlocks, uint64 least, uint64 most);

    constructor(uint64 delayBlocks) {
        // Check: ahead, but within what the chain remembers.
        if (delayBlocks == 0 || delayBlocks > 1000) {
            revert BlockRandomness_DelayOutOfBounds(delayBlocks, 1, 1000);
        }
        DELAY_BLOCKS = delayBlocks;
        ON_ARBITRUM = BlockHashes.onArbitrum();
    }

    /// @inheritdoc IRandomness
    function request() external view returns (uint64 id) {
        return uint64(BlockHashes.current(ON_ARBITRUM)) + DELAY_BLOCKS;
    }

    /// @inheritdoc IRandomness
    function status(uint64 id) public view returns (Status) {
        if (BlockHashes.current(ON_ARBITRUM) <= id) return Status.Pending;
        return BlockHashes.past(id, ON_ARBITRUM) == 0 ? Status.Lost : Status.Ready;
    }

    /// @inheritdoc IRandomness
    function read(uint64 id, bytes calldata proof) external view virtual returns (bytes32) {
        if (proof.length != 0) revert Randomness_WrongProof(id);
        return _hash(id);
    }

    /// @dev The hash of a request's block.
    function _hash(uint64 id) internal view returns (bytes32 hash) {
        // Check: the block is there, and the chain still knows it.
        Status now_ = status(id);
        if (now_ != Status.Ready) revert Randomness_NotReady(id, now_);
        return BlockHashes.past(id, ON_ARBITRUM);
    }
}
