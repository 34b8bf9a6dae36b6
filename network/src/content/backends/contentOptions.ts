/** Where contents are stored and read: in the peer's own network, in a Kubo node beside it, or through gateways, which only read. */
export type ContentBackend = "helia" | "kubo" | "gateway";

export interface ContentOptions {
  /** Those that are used; blocks are read from them in this order. Default: `helia`. */
  backends?: readonly ContentBackend[] | undefined;
  /** URL of the RPC API of a Kubo node. Default: `http://127.0.0.1:5001`. */
  kuboRpc?: string | undefined;
  /** URLs of trustless gateways, such as `https://trustless-gateway.link`. The backend `gateway` needs one. */
  gateways?: readonly string[] | undefined;
}
