// What `#hashes` is where there is no Node: in a browser.
export { blake3 } from "@noble/hashes/blake3.js";
export { sha256 } from "@noble/hashes/sha2.js";
