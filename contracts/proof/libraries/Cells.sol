// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Machine, MachineState} from "../types/Machine.sol";
import {Cursor, CursorLib} from "./Cursor.sol";
import {Reader, ReaderLib} from "./Reader.sol";

/// @notice A state with its header in fields, and the trees that a step opens.
struct Run {
    uint256 phase;
    uint256 pc;
    /// The first free slot of the stack.
    uint256 sp;
    /// The slot of the running function's first parameter.
    uint256 fp;
    uint256 pages;
    /// Where the input is loaded to, or the result lies.
    uint256 place;
    /// Of the result, in bytes.
    uint256 length;
    uint256 progress;
    Cursor stack;
    Cursor memoryTree;
    Cursor globals;
    Reader witness;
}

/// @notice Slots, globals and bytes of a state, a leaf at a time, in the order of `docs/machine.md`.
library Cells {
    uint256 internal constant STACK_DEPTH = 15;
    uint256 internal constant MEMORY_DEPTH = 27;
    uint256 internal constant PAGE_BYTES = 65_536;

    uint256 private constant MASK_64 = 0xffffffffffffffff;
    uint256 private constant MASK_32 = 0xffffffff;

    function load(
        Machine calldata machine,
        MachineState calldata state,
        bytes calldata witness
    ) internal pure returns (Run memory run) {
        uint256 header = state.header;
        run.phase = header >> 248;
        run.pc = (header >> 216) & MASK_32;
        run.sp = (header >> 184) & MASK_32;
        run.fp = (header >> 152) & MASK_32;
        run.pages = (header >> 120) & MASK_32;
        run.place = (header >> 88) & MASK_32;
        run.length = (header >> 56) & MASK_32;
        run.progress = (header >> 24) & MASK_32;
        run.stack = CursorLib.over(state.stackRoot, STACK_DEPTH);
        run.memoryTree = CursorLib.over(state.memoryRoot, MEMORY_DEPTH);
        run.globals = CursorLib.over(state.globalsRoot, machine.globalsDepth);
        run.witness = ReaderLib.over(witness);
    }

    /// @dev The hash of the state that was reached.
    function hash(Run memory run, bytes32 own) internal pure returns (bytes32) {
        run.stack.flush();
        run.memoryTree.flush();
        run.globals.flush();
        run.witness.requireEnd();
        uint256 header =
            (run.phase << 248) | (run.pc << 216) | (run.sp << 184) | (run.fp << 152) | (run.pages << 120);
        header |= (run.place << 88) | (run.length << 56) | (run.progress << 24);
        return keccak256(abi.encode(header, run.stack.root, run.memoryTree.root, run.globals.root, own));
    }

    function slot(Run memory run, uint256 index) internal pure returns (uint256) {
        return part(run.stack.open(run.witness, index >> 2), index);
    }

    function setSlot(Run memory run, uint256 index, uint256 value) internal pure {
        uint256 leaf = run.stack.open(run.witness, index >> 2);
        run.stack.set(withPart(leaf, index, value));
    }

    function global(Run memory run, uint256 index) internal pure returns (uint256) {
        return part(run.globals.open(run.witness, index >> 2), index);
    }

    function setGlobal(Run memory run, uint256 index, uint256 value) internal pure {
        uint256 leaf = run.globals.open(run.witness, index >> 2);
        run.globals.set(withPart(leaf, index, value));
    }

    function part(uint256 leaf, uint256 index) private pure returns (uint256) {
        return (leaf >> (64 * (3 - (index & 3)))) & MASK_64;
    }

    function withPart(uint256 leaf, uint256 index, uint256 value) private pure returns (uint256) {
        uint256 shift = 64 * (3 - (index & 3));
        return (leaf & ~(MASK_64 << shift)) | (value << shift);
    }

    /// @dev Whether `length` bytes from `from` on lie in the memory.
    function isInside(Run memory run, uint256 from, uint256 length) internal pure returns (bool) {
        return from + length <= run.pages * PAGE_BYTES;
    }

    /// @dev Up to 8 bytes, of which the first is the number's lowest.
    function read(Run memory run, uint256 from, uint256 length) internal pure returns (uint256 value) {
        uint256 place = from & 31;
        uint256 first = length + place > 32 ? 32 - place : length;
        value = bytesOf(run.memoryTree.open(run.witness, from >> 5), place, first);
        if (first != length) {
            uint256 rest = length - first;
            value =
                (value << (8 * rest)) | bytesOf(run.memoryTree.open(run.witness, (from >> 5) + 1), 0, rest);
        }
        value = reversed(value) >> (64 - 8 * length);
    }

    function write(Run memory run, uint256 from, uint256 length, uint256 value) internal pure {
        uint256 place = from & 31;
        uint256 first = length + place > 32 ? 32 - place : length;
        uint256 rest = length - first;
        value = reversed(value & MASK_64) >> (64 - 8 * length);
        put(run, from >> 5, place, first, value >> (8 * rest));
        if (rest != 0) put(run, (from >> 5) + 1, 0, rest, value & ((1 << (8 * rest)) - 1));
    }

    /// @dev Some bytes of a leaf as a number, the first byte the highest.
    function bytesOf(uint256 leaf, uint256 place, uint256 length) internal pure returns (uint256) {
        return (leaf >> (8 * (32 - place - length))) & mask(length);
    }

    /// @dev Writes such bytes into a leaf of the memory.
    function put(Run memory run, uint256 index, uint256 place, uint256 length, uint256 value) internal pure {
        uint256 leaf = run.memoryTree.open(run.witness, index);
        uint256 shift = 8 * (32 - place - length);
        run.memoryTree.set((leaf & ~(mask(length) << shift)) | (value << shift));
    }

    function mask(uint256 length) private pure returns (uint256) {
        return length == 32 ? type(uint256).max : (1 << (8 * length)) - 1;
    }

    /// @dev The eight bytes of a number in the other order.
    function reversed(uint256 value) private pure returns (uint256) {
        value = ((value & 0x00ff00ff00ff00ff) << 8) | ((value >> 8) & 0x00ff00ff00ff00ff);
        value = ((value & 0x0000ffff0000ffff) << 16) | ((value >> 16) & 0x0000ffff0000ffff);
        return ((value & MASK_32) << 32) | (value >> 32);
    }
}
