// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A CIDv1 with a 32-byte digest, without loss.
/// @dev A binary CIDv1 is version ‖ codec ‖ hash code ‖ digest length ‖ digest. For every codec and hash that
/// Assay admits the first four are single bytes, so `prefix ‖ digest` (36 bytes) is the binary CID itself.
/// Examples: `0x01551e20` raw/blake3, `0x01711e20` dag-cbor/blake3, `0x01551220` raw/sha2-256.
struct Cid {
    /// Version, codec, hash code and digest length, one byte each.
    bytes4 prefix;
    /// The 32-byte digest.
    bytes32 digest;
}
