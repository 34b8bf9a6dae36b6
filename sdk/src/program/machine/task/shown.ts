import { type ContentTree, chunkAt, contentTree } from "../blake3/contentTree.ts";

/** Hears what a proof of a step shows beside the leaves of the machine's trees. */
export interface Shown {
  /** A chunk of a content, and that it is one. */
  chunk(content: Uint8Array, index: number): void;
  bytes(bytes: () => Uint8Array): void;
}

/** For a task that nobody has to prove. */
export const shownToNobody: Shown = { chunk() {}, bytes() {} };

/** Adds it all to a list. */
export function shownIn(parts: () => Uint8Array[]): Shown {
  let latest: ContentTree | undefined;
  const treeOf = (content: Uint8Array) => {
    const isLatest =
      latest?.bytes.buffer === content.buffer &&
      latest.bytes.byteOffset === content.byteOffset &&
      latest.bytes.length === content.length;
    latest = isLatest ? latest : contentTree(content);
    return latest as ContentTree;
  };
  return {
    chunk(content, index) {
      parts().push(chunkAt(content, index), ...treeOf(content).path(index));
    },
    bytes: (bytes) => void parts().push(bytes()),
  };
}
