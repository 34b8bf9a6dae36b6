/** Multicodecs of the blocks and hashes that Assay admits. */
export const RAW_CODE = 0x55;
export const DAG_CBOR_CODE = 0x71;
export const BLAKE3_CODE = 0x1e;
export const SHA2_256_CODE = 0x12;

/** `raw`: a program, an input, a result, or a piece of one. `dag-cbor`: a manifest or the root of a larger content. */
export type BlockCodec = "raw" | "dag-cbor";

/** UnixFS, which Assay does not admit. */
export const DAG_PB_CODE = 0x70;
