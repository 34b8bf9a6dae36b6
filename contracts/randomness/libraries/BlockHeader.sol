// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Reads the RLP of a block header. The caller has checked its hash, so it is well-formed.
library BlockHeader {
    /// @dev Place of `mixHash`, which is `prevrandao` since the Merge, among the fields.
    uint256 private constant MIX_HASH = 13;

    function prevrandao(bytes calldata header) internal pure returns (bytes32) {
        // A list longer than 55 bytes: one byte that says how many bytes its length takes, then the length.
        uint256 offset = 1 + uint8(header[0]) - 0xf7;
        for (uint256 i = 0; i < MIX_HASH; ++i) offset += _itemBytes(header, offset);
        // A string of 32 bytes: one byte that says so, then the string.
        return bytes32(header[offset + 1:offset + 33]);
    }

    /// @dev How many bytes an item takes, its prefix included. A header holds strings only.
    function _itemBytes(bytes calldata header, uint256 offset) private pure returns (uint256) {
        uint256 prefix = uint8(header[offset]);
        if (prefix < 0x80) return 1;
        if (prefix < 0xb8) return 1 + prefix - 0x80;
        uint256 lengthBytes = prefix - 0xb7;
        uint256 length = uint256(bytes32(header[offset + 1:])) >> (256 - 8 * lengthBytes);
        return 1 + lengthBytes + length;
    }
}
