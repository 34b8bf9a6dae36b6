/** What to do about a damaged `node.sqlite`: docs/operating.md, "A damaged database". */
export const NODE_STORE_REMEDY =
  "stop the node and restore a copy made by assay worker backup, or move the file away together with those of its name that end with -wal and -shm: the chain is then read again, and what was computed and not submitted is lost.";

/** What to do about a damaged `blocks.sqlite`. */
export const BLOCK_INDEX_REMEDY =
  "move the file away together with those of its name that end with -wal and -shm: the node lists its blocks anew.";
