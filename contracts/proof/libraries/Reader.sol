// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What is left of a step's witness: words of calldata, read from front to back.
struct Reader {
    /// Where the next word is in the calldata.
    uint256 place;
    uint256 end;
}

using ReaderLib for Reader global;

/// @notice Reads a witness from front to back.
library ReaderLib {
    error Step_WitnessTooShort();
    error Step_WitnessTooLong();

    function over(bytes calldata witness) internal pure returns (Reader memory reader) {
        uint256 place;
        assembly ("memory-safe") {
            place := witness.offset
        }
        reader.place = place;
        reader.end = place + witness.length;
    }

    /// @dev The place of the next `byteLength` bytes, which are passed over.
    function take(Reader memory reader, uint256 byteLength) internal pure returns (uint256 place) {
        place = reader.place;
        if (byteLength > reader.end - place) revert Step_WitnessTooShort();
        reader.place = place + byteLength;
    }

    function word(Reader memory reader) internal pure returns (uint256 value) {
        uint256 place = reader.take(32);
        assembly ("memory-safe") {
            value := calldataload(place)
        }
    }

    /// @dev A witness says what is needed and nothing else: one step has one proof.
    function requireEnd(Reader memory reader) internal pure {
        if (reader.place != reader.end) revert Step_WitnessTooLong();
    }
}
