/** Steps of the host in states made up for them: what a function returned, why it trapped, any chunk of any content. */
import { concatBytes } from "@noble/hashes/utils.js";
import { toChainCid } from "../../../sdk/src/protocol/cid/chainCid.ts";
import { cidOf } from "../../../sdk/src/protocol/cid/cidOf.ts";
import { chunkCount } from "../../../sdk/src/program/machine/blake3/contentTree.ts";
import { GLOBAL } from "../../../sdk/src/program/machine/core/opcode.ts";
import { MEMORY_DEPTH, STACK_DEPTH } from "../../../sdk/src/program/machine/image/machine.ts";
import { doneHash, type Header, type Machine, type MachineTask, PHASE, type Phase } from "../../../sdk/src/program/machine/index.ts";
import { sparseTree, type SparseTree } from "../../../sdk/src/program/machine/merkle/tree.ts";
import { provingCells, type CellTrees } from "../../../sdk/src/program/machine/step/cells.ts";
import { hostStep } from "../../../sdk/src/program/machine/task/hostStep.ts";
import { rootOf } from "../../../sdk/src/program/machine/task/larger.ts";
import { nothing, type Own, ownHash } from "../../../sdk/src/program/machine/task/own.ts";
import { shownIn } from "../../../sdk/src/program/machine/task/shown.ts";
import { bytesToHex, type Hex } from "viem";
import type { Random } from "../../fixtures/random.ts";
import { type Asked, hashOfState } from "./onChain.ts";
