/** A page of WebAssembly memory, in bytes. */
export const PAGE_BYTES = 65_536;

/** Most pages that a memory of 32-bit addresses has. */
export const MAX_PAGES = 65_536;
