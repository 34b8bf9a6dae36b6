// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ResultLeaf} from "../../shared/types/ResultLeaf.sol";
import {IProofArbiter} from "../interfaces/IProofArbiter.sol";
import {Request} from "../types/Game.sol";
import {Contents} from "./Contents.sol";
import {Reader, ReaderLib} from "./Reader.sol";

/// @notice Chunks of a result that a challenger names, and the worker shows. A chunk is shown under the result's own CID; of a result above
/// 1 MiB the link to its block is shown first, in the one or two chunks of the root that it stands in.
library Requests {
    uint256 private constant MOST_CHUNKS = 8;
    /// @dev Chunks of a block, as a power of two.
    uint256 private constant BLOCK_LEVEL = 10;

    /// @dev Takes down what is named: chunks that the result has by its length, none of them twice.
    function ask(Request storage self, uint32 byteLength, uint32[] calldata chunks) internal {
        uint256 count = chunks.length;
        if (count == 0 || count > MOST_CHUNKS) revert IProofArbiter.ProofArbiter_WrongCount(count);
        uint256 end = Contents.chunksOf(byteLength);
        uint256 least = 0;
        uint32[8] memory named;
        for (uint256 i = 0; i < count; ++i) {
            uint32 chunk = chunks[i];
            if (chunk < least || chunk >= end) revert IProofArbiter.ProofArbiter_NoSuchChunk(chunk);
            named[i] = chunk;
            least = uint256(chunk) + 1;
        }
        self.chunks = named;
        self.count = uint8(count);
        self.missing = uint8((1 << count) - 1);
    }

    /// @dev Shows the chunk at a place, or some of the link to its block.
    /// @return isChunk Whether it was the chunk itself.
    function show(
        Request storage self,
        ResultLeaf calldata leaf,
        uint8 place,
        bytes calldata witness
    ) internal returns (bool isChunk) {
        if (place >= MOST_CHUNKS || (self.missing >> place) & 1 == 0)
            revert IProofArbiter.ProofArbiter_NotMissing(place);
        (bytes32 digest, uint256 length, uint256 chunk) = (
            leaf.cid.digest,
            leaf.byteLength,
            self.chunks[place]
        );
        // Other names are none that a machine gives. A worker that committed to one cannot show anything under it.
        bool isLarger = length > Contents.BLOCK_BYTES;
        if (leaf.cid.prefix != (isLarger ? Contents.DAG_CBOR : Contents.RAW))
            revert IProofArbiter.ProofArbiter_WrongPart("cid");
        Reader memory reader = ReaderLib.over(witness);
        if (isLarger) {
            uint256 index = chunk >> BLOCK_LEVEL;
            if (!isLinked(self, index)) {
                link(self, reader, digest, length, index);
                return false;
            }
            digest = self.link;
            length -= index * Contents.BLOCK_BYTES;
            if (length > Contents.BLOCK_BYTES) length = Contents.BLOCK_BYTES;
            chunk -= index << BLOCK_LEVEL;
        }
        Contents.provenChunk(reader, digest, length, chunk);
        reader.requireEnd();
        self.missing &= ~(uint8(1) << place);
        return true;
    }

    /// @dev Whether the digest of a block is known.
    function isLinked(Request storage self, uint256 index) private view returns (bool) {
        return self.linked == index + 1 && self.isLinkWhole;
    }

    function link(
        Request storage self,
        Reader memory reader,
        bytes32 digest,
        uint256 length,
        uint256 index
    ) private {
        bool isBegun = self.linked == index + 1;
        (bytes32 some, bool isWhole) = Contents.linkPart(reader, digest, length, index, isBegun ? 1 : 0);
        reader.requireEnd();
        self.link = isBegun ? self.link | some : some;
        self.linked = uint32(index + 1);
        self.isLinkWhole = isWhole;
    }
}
