/**
 * Where contents are stored and read: in the peer's own network (`helia`), in a Kubo node beside it (`kubo`), through gateways, which only
 * read (`gateway`), in a folder (`files`), or in this process's memory (`memory`).
 */
export type ContentBackend = (typeof CONTENT_BACKENDS)[number];

export const CONTENT_BACKENDS = ["helia", "kubo", "gateway", "files", "memory"] as const;

export interface ContentOptions {
  /**
   * Those that are used; blocks are read from them in this order. With `helia` and `files` the peer keeps its own blocks in the folder, and
   * serves what is there. Default: `helia`.
   */
  backends?: readonly ContentBackend[] | undefined;
  /** URL of the RPC API of a Kubo node. Default: `http://127.0.0.1:5001`. */
  kuboRpc?: string | undefined;
  /** URLs of trustless gateways, such as `https://trustless-gateway.link`. The backend `gateway` needs one. */
  gateways?: readonly string[] | undefined;
  /**
   * The folder of `files`, which needs one. It is made if need be. Several processes may share it, unless it has the blocks of a peer:
   * that is one process's own.
   */
  folder?: string | undefined;
}
