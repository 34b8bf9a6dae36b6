// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ending, Machine, MachineTask} from "../types/Machine.sol";
import {Blake3} from "./Blake3.sol";
import {Cells, Run} from "./Cells.sol";
import {Contents} from "./Contents.sol";
import {CursorLib} from "./Cursor.sol";
import {Integers} from "./Integers.sol";
import {Phases} from "./Phases.sol";

/// @notice What happens between two calls of the program: its input is loaded, its result hashed, and what ended it told.
library HostSteps {
    using Cells for Run;

    error Step_WrongOwn();
    error Step_NoSuchPhase();

    uint256 private constant NOWHERE = 0xffffffff;
    uint256 private constant MASK_32 = 0xffffffff;

    uint256 private constant OK = 1;
    uint256 private constant TRAP = 2;
    uint256 private constant OVER_LIMIT = 3;

    /// @dev The globals of the instrumentation, and the reasons for which it stops a program.
    uint256 private constant FUEL = 0;
    uint256 private constant STOP = 2;

    /// @dev Leaves of a chunk are under a node of this level.
    uint256 private constant CHUNK_LEVEL = 5;
    uint256 private constant LAST_LEAF = 31;

    /// @dev Progress while a block's digest is known as far as it stands in one chunk of the root.
    uint256 private constant HALF = 0xffffffff;

    /// @return own The phase's own hash in the state that was reached.
    function step(
        Machine calldata machine,
        MachineTask calldata task,
        Run memory run,
        bytes32 before
    ) internal pure returns (bytes32 own, Ending memory ending) {
        uint256 phase = run.phase;
        if (phase == Phases.LOAD) return (load(machine, task, run, before), ending);
        if (phase == Phases.HASH) return hashResult(run, before);
        if (phase == Phases.TRAPPED) {
            uint256 stop = run.global(STOP);
            ending.outcome = stop == 1 || stop == 2 ? OVER_LIMIT : TRAP;
        } else if (phase == Phases.BEGIN) {
            run.setGlobal(FUEL, task.maxFuel);
            uint256 start = machine.entries >> 64;
            if (start == NOWHERE) enterAlloc(machine, task, run);
            else enter(run, Phases.START, start, 0);
        } else {
            if (phase < Phases.START_RETURNED || phase > Phases.RUN_RETURNED) revert Step_NoSuchPhase();
            if (Integers.signed(run.global(FUEL), 64) < 0) ending.outcome = OVER_LIMIT;
            else if (phase == Phases.START_RETURNED) enterAlloc(machine, task, run);
            else if (phase == Phases.ALLOC_RETURNED) ending.outcome = toLoading(task, run);
            else ending.outcome = toHashing(task, run);
        }
    }

    /// @dev Begins a call by the host, whose arguments are in the first slots.
    function enter(Run memory run, uint256 phase, uint256 entry, uint256 arguments) private pure {
        run.setSlot(arguments, NOWHERE << 32);
        (run.phase, run.pc, run.fp, run.sp) = (phase, entry, 0, arguments + 1);
    }

    function enterAlloc(Machine calldata machine, MachineTask calldata task, Run memory run) private pure {
        run.setSlot(0, task.inputLength);
        enter(run, Phases.ALLOC, (machine.entries >> 32) & MASK_32, 1);
    }

    /// @dev Whether bytes that cross the ABI lie in the memory, where the ABI wants them.
    function isPlaced(Run memory run, uint256 place, uint256 length) private pure returns (bool) {
        return place % Blake3.CHUNK_BYTES == 0 && run.isInside(place, length);
    }

    function toLoading(MachineTask calldata task, Run memory run) private pure returns (uint256 outcome) {
        uint256 place = run.slot(0);
        if (!isPlaced(run, place, task.inputLength)) return TRAP;
        (run.phase, run.place, run.sp, run.fp, run.pc) = (Phases.LOAD, place, 0, 0, 0);
    }

    function toHashing(MachineTask calldata task, Run memory run) private pure returns (uint256 outcome) {
        uint256 result = run.slot(0);
        (uint256 place, uint256 length) = (result >> 32, result & MASK_32);
        if (!isPlaced(run, place, length)) return TRAP;
        if (length > task.maxResultBytes) return OVER_LIMIT;
        (run.phase, run.place, run.length, run.sp, run.fp, run.pc) = (Phases.HASH, place, length, 0, 0, 0);
    }

    function load(
        Machine calldata machine,
        MachineTask calldata task,
        Run memory run,
        bytes32 own
    ) private pure returns (bytes32) {
        bool isLarger = Contents.isLarger(task.inputPrefix);
        uint256 length = task.inputLength;
        if (length == 0 || run.pc == (isLarger ? Contents.blocksOf(length) : 1)) {
            run.setSlot(0, run.place);
            run.setSlot(1, length);
            enter(run, Phases.RUN, machine.entries & MASK_32, 2);
            (run.place, run.progress) = (0, 0);
            return 0;
        }
        uint256 from = 0;
        bytes32 digest = task.inputDigest;
        if (isLarger) {
            bool isHalf = run.progress == HALF;
            if (own == 0 || isHalf) {
                (bytes32 link, bool isWhole) = Contents.linkPart(
                    run.witness,
                    digest,
                    length,
                    run.pc,
                    isHalf ? 1 : 0
                );
                run.progress = isWhole ? 0 : HALF;
                return own | link;
            }
            from = run.pc * Contents.BLOCK_BYTES;
            length = length - from < Contents.BLOCK_BYTES ? length - from : Contents.BLOCK_BYTES;
            digest = own;
        }
        (uint256 start, uint256 size) = Contents.provenChunk(run.witness, digest, length, run.progress);
        writeChunk(run, run.place + from + Blake3.CHUNK_BYTES * run.progress, start, size);
        run.progress += 1;
        if (run.progress < Contents.chunksOf(length)) return own;
        (run.progress, run.pc) = (0, run.pc + 1);
        return 0;
    }

    /// @dev Writes a chunk to the memory. Of one that is not whole, the witness has the leaf in which it ends, or which is behind it.
    function writeChunk(Run memory run, uint256 to, uint256 start, uint256 size) private pure {
        uint256 index = to / Blake3.CHUNK_BYTES;
        uint256 depth = Cells.MEMORY_DEPTH - CHUNK_LEVEL;
        uint256 before = run.witness.word();
        uint256 node;
        uint256 path;
        if (size == Blake3.CHUNK_BYTES) {
            path = run.witness.take(depth << 5);
            if (CursorLib.rootFrom(before, index, path, depth) != run.memoryTree.root)
                revert CursorLib.Step_WrongLeaf();
            node = subtree(start, LAST_LEAF, 0);
        } else {
            uint256 edge = size >> 5;
            path = run.witness.take(Cells.MEMORY_DEPTH << 5);
            uint256 leaf = (index << CHUNK_LEVEL) | edge;
            if (CursorLib.rootFrom(before, leaf, path, Cells.MEMORY_DEPTH) != run.memoryTree.root)
                revert CursorLib.Step_WrongLeaf();
            assembly ("memory-safe") {
                // Behind the chunk there are zeros in its buffer.
                let place := add(start, shl(5, edge))
                mstore(place, or(mload(place), and(before, shr(shl(3, and(size, 31)), not(0)))))
            }
            node = subtree(start, edge, path);
            path += CHUNK_LEVEL << 5;
        }
        run.memoryTree.root = CursorLib.rootFrom(node, index, path, depth);
    }

    /// @dev The node over 32 leaves, which it takes the place of in memory. @param edge The last leaf that is known: right of it there are its
    /// siblings in the calldata, at `path`.
    function subtree(uint256 start, uint256 edge, uint256 path) private pure returns (uint256 node) {
        assembly ("memory-safe") {
            for {
                let level := 0
            } lt(level, CHUNK_LEVEL) {
                level := add(level, 1)
            } {
                if iszero(and(edge, 1)) {
                    mstore(add(start, shl(5, add(edge, 1))), calldataload(add(path, shl(5, level))))
                }
                edge := shr(1, edge)
                for {
                    let i := 0
                } iszero(gt(i, edge)) {
                    i := add(i, 1)
                } {
                    mstore(add(start, shl(5, i)), keccak256(add(start, shl(6, i)), 64))
                }
            }
            node := mload(start)
        }
    }

    /// @dev Chaining values and digests of blocks, which the witness has in this order.
    struct Hashing {
        bytes32[] values;
        bytes32[] links;
    }

    /// @dev `pc` is 256 times the number of blocks that are done, and the number of chaining values.
    function hashResult(Run memory run, bytes32 own) private pure returns (bytes32, Ending memory ending) {
        Hashing memory hashing = read(run, own);
        uint256 blocks = hashing.links.length;
        bool isLarger = run.length > Contents.BLOCK_BYTES;
        bool isRoot = isLarger && blocks == Contents.blocksOf(run.length);
        uint256 length = run.length;
        if (isRoot) {
            length = Contents.rootLength(length);
        } else if (isLarger) {
            length -= blocks * Contents.BLOCK_BYTES;
            if (length > Contents.BLOCK_BYTES) length = Contents.BLOCK_BYTES;
        }
        bytes32 digest =
            isMerging(run.progress, Contents.chunksOf(length), hashing.values.length)
                ? merge(run, hashing, length)
                : addChunk(run, hashing, length, isRoot);
        if (digest != 0) {
            if (!isLarger || isRoot) {
                ending = Ending(OK, isLarger ? Contents.DAG_CBOR : Contents.RAW, digest, run.length);
                return (0, ending);
            }
            hashing.links = appended(hashing.links, digest);
            run.progress = 0;
        }
        run.pc = 256 * hashing.links.length + hashing.values.length;
        return (hashOf(hashing), ending);
    }

    function read(Run memory run, bytes32 own) private pure returns (Hashing memory hashing) {
        uint256 values = run.pc & 0xff;
        hashing.values = new bytes32[](values);
        hashing.links = new bytes32[](run.pc >> 8);
        for (uint256 i = 0; i < values; ++i) hashing.values[i] = bytes32(run.witness.word());
        for (uint256 i = 0; i < hashing.links.length; ++i) hashing.links[i] = bytes32(run.witness.word());
        if (hashOf(hashing) != own) revert Step_WrongOwn();
    }

    function hashOf(Hashing memory hashing) private pure returns (bytes32) {
        if (hashing.values.length + hashing.links.length == 0) return 0;
        return keccak256(abi.encodePacked(hashing.values, hashing.links));
    }

    /// @dev Two subtrees are joined as soon as they are of the same size, and at the end whatever their sizes.
    function isMerging(uint256 done, uint256 count, uint256 height) private pure returns (bool) {
        return height > (done == count ? 1 : Integers.ones(done));
    }

    function merge(Run memory run, Hashing memory hashing, uint256 length) private pure returns (bytes32) {
        uint256 height = hashing.values.length;
        bool isLast = run.progress == Contents.chunksOf(length) && height == 2;
        bytes32 value = Blake3.parent(hashing.values[height - 2], hashing.values[height - 1], isLast);
        hashing.values = shortened(hashing.values, isLast ? 0 : height - 1);
        if (isLast) return value;
        hashing.values[height - 2] = value;
        return 0;
    }

    function addChunk(
        Run memory run,
        Hashing memory hashing,
        uint256 length,
        bool isRoot
    ) private pure returns (bytes32) {
        uint256 index = run.progress;
        uint256 start;
        if (isRoot) {
            start = Contents.rootOf(hashing.links, run.length) + Blake3.CHUNK_BYTES * index;
        } else {
            uint256 from =
                run.place + Contents.BLOCK_BYTES * hashing.links.length + Blake3.CHUNK_BYTES * index;
            start = readChunk(run, from);
        }
        uint256 size = Contents.chunkLength(length, index);
        bool isWhole = Contents.chunksOf(length) == 1;
        // What is behind the end of the last chunk is memory, and no part of it.
        bytes32 value = Blake3.chunk(isRoot ? start : cut(start, size), size, index, isWhole);
        run.progress = index + 1;
        if (isWhole) return value;
        hashing.values = appended(hashing.values, value);
        return 0;
    }

    /// @dev A chunk of the memory, proved.
    function readChunk(Run memory run, uint256 from) private pure returns (uint256 start) {
        start = Contents.buffer();
        Contents.copy(run.witness.take(Blake3.CHUNK_BYTES), start, Blake3.CHUNK_BYTES);
        uint256 scratch = Contents.buffer();
        assembly ("memory-safe") {
            mcopy(scratch, start, 1024)
        }
        uint256 depth = Cells.MEMORY_DEPTH - CHUNK_LEVEL;
        uint256 path = run.witness.take(depth << 5);
        bytes32 root = CursorLib.rootFrom(
            subtree(scratch, LAST_LEAF, 0),
            from / Blake3.CHUNK_BYTES,
            path,
            depth
        );
        if (root != run.memoryTree.root) revert CursorLib.Step_WrongLeaf();
    }

    /// @dev Zeros what is behind the first `size` bytes of a chunk.
    function cut(uint256 start, uint256 size) private pure returns (uint256) {
        assembly ("memory-safe") {
            calldatacopy(add(start, size), calldatasize(), sub(1024, size))
        }
        return start;
    }

    function appended(bytes32[] memory list, bytes32 value) private pure returns (bytes32[] memory longer) {
        uint256 length = list.length;
        longer = new bytes32[](length + 1);
        for (uint256 i = 0; i < length; ++i) longer[i] = list[i];
        longer[length] = value;
    }

    function shortened(bytes32[] memory list, uint256 length) private pure returns (bytes32[] memory) {
        assembly ("memory-safe") {
            mstore(list, length)
        }
        return list;
    }
}
