import { pbkdf2, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { hexBytes, shown, wholeNumber } from "./json.ts";

/** Length of the derived key that a version 3 keystore needs: 16 bytes to decrypt with, 16 for its MAC. A keystore may ask for more. */
export const DERIVED_BYTES = 32;
/** Maximum memory that a keystore may ask for, in bytes. */
const MAX_SCRYPT_BYTES = 1 << 30;
/** Maximum work, n · r · p: 16 times that of 1 GiB of memory, about a minute. */
const MAX_SCRYPT_WORK = 1 << 27;
const MAX_PBKDF2_ROUNDS = 10_000_000;
const DIGESTS = { "hmac-sha256": "sha256", "hmac-sha512": "sha512" } as const;

const pbkdf2Async = promisify(pbkdf2);
const scryptAsync = promisify<
  string,
  Uint8Array,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt);

export interface Scrypt {
  name: "scrypt";
  salt: Uint8Array;
  n: number;
  r: number;
  p: number;
}

export interface Pbkdf2 {
  name: "pbkdf2";
  salt: Uint8Array;
  rounds: number;
  digest: "sha256" | "sha512";
}

/**
 * Reads how the password becomes a key, and refuses parameters that cost too much on this machine.
 *
 * @param invalid - makes the error of what it is called with.
 */
export function readDerivation(
  kdf: unknown,
  parameters: Readonly<Record<string, unknown>>,
  invalid: (what: string) => Error,
): Scrypt | Pbkdf2 {
  if (kdf !== "scrypt" && kdf !== "pbkdf2") {
    throw invalid(`its key derivation is ${shown(kdf)}, neither scrypt nor pbkdf2`);
  }
  const salt = hexBytes(parameters.salt);
  const length = wholeNumber(parameters.dklen);
  if (salt === undefined || length === undefined) throw invalid("its kdfparams are incomplete");
  // The first bytes of a derived key are the same however long it is.
  if (length < DERIVED_BYTES) throw invalid(`its dklen is ${length}, less than ${DERIVED_BYTES}`);
  if (kdf === "scrypt") {
    const [n, r, p] = [parameters.n, parameters.r, parameters.p].map(wholeNumber);
    if (!n || !r || !p || n < 2 || Math.log2(n) % 1 !== 0) {
      throw invalid("its scrypt parameters are none");
    }
    if (128 * r * Math.max(n, p) > MAX_SCRYPT_BYTES) {
      throw invalid("its scrypt asks for too much memory: more than 1 GiB");
    }
    if (n * r * p > MAX_SCRYPT_WORK) throw invalid("its scrypt asks for too much work");
    return { name: "scrypt", salt, n, r, p };
  }
  const rounds = wholeNumber(parameters.c);
  const { prf } = parameters;
  if (!rounds) throw invalid("its pbkdf2 parameters are none");
  if (rounds > MAX_PBKDF2_ROUNDS) throw invalid("its pbkdf2 asks for too much work");
  if (prf !== "hmac-sha256" && prf !== "hmac-sha512") {
    throw invalid(`its prf is ${shown(prf)}, neither hmac-sha256 nor hmac-sha512`);
  }
  return { name: "pbkdf2", salt, rounds, digest: DIGESTS[prf] };
}

export async function derive(password: string, kdf: Scrypt | Pbkdf2): Promise<Uint8Array> {
  if (kdf.name === "pbkdf2") {
    return pbkdf2Async(password, kdf.salt, kdf.rounds, DERIVED_BYTES, kdf.digest);
  }
  const { salt, n, r, p } = kdf;
  // RFC 7914 wants n < 2^(128 r / 8), and OpenSSL insists on it; the definition's own test vector does not keep it.
  if (Math.log2(n) >= 16 * r) {
    const { scryptAsync: byJavaScript } = await import("@noble/hashes/scrypt.js");
    return byJavaScript(password, salt, { N: n, r, p, dkLen: DERIVED_BYTES, maxmem: 2 ** 31 });
  }
  // OpenSSL counts a little more than the table itself.
  const maxmem = 128 * r * (n + p) + (1 << 20);
  return scryptAsync(password, salt, DERIVED_BYTES, { N: n, r, p, maxmem });
}
