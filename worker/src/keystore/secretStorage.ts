import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  randomUUID,
  scrypt,
  timingSafeEqual,
} from "node:crypto";
import { promisify } from "node:util";
import { type Address, bytesToHex, type Hex, hexToBytes, keccak256 } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { KeystoreInvalidError, WrongPasswordError } from "./errors.ts";

// Web3 Secret Storage Definition, version 3: https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage
// With Node's own scrypt: the usual cost takes 256 MiB, which native code gives back and a JavaScript heap does not.

/** Cost of what is written, that of geth's `--standard`: about half a second. */
const SCRYPT = { n: 262_144, r: 8, p: 1 };
const DERIVED_BYTES = 32;
/** Most memory that a keystore read here may ask for, in bytes. */
const MAX_SCRYPT_BYTES = 1 << 30;
const MAX_PBKDF2_ROUNDS = 10_000_000;
const CIPHER = "aes-128-ctr";

const pbkdf2Async = promisify(pbkdf2);
const scryptAsync = promisify<
  string,
  Uint8Array,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt);

/** The key encrypted under the password, as the text of a keystore file that geth and others read, too. */
export async function encryptKey(privateKey: Hex, password: string): Promise<string> {
  const salt = randomBytes(32);
  const iv = randomBytes(16);
  const { n, r, p } = SCRYPT;
  const derived = await derive(password, { name: "scrypt", salt, n, r, p });
  const cipher = createCipheriv(CIPHER, derived.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(hexToBytes(privateKey)), cipher.final()]);
  const json = {
    version: 3,
    id: randomUUID(),
    address: privateKeyToAddress(privateKey).slice(2).toLowerCase(),
    crypto: {
      cipher: CIPHER,
      cipherparams: { iv: iv.toString("hex") },
      ciphertext: ciphertext.toString("hex"),
      kdf: "scrypt",
      kdfparams: { dklen: DERIVED_BYTES, n, r, p, salt: salt.toString("hex") },
      mac: macOf(derived, ciphertext).toString("hex"),
    },
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** Where a keystore and its password come from, for messages. */
export interface KeystoreNames {
  file: string;
  passwordSource: string;
}

/**
 * The key in a keystore's text.
 *
 * @throws {@link KeystoreInvalidError} {@link WrongPasswordError}
 */
export async function decryptKey(
  text: string,
  password: string,
  { file, passwordSource }: KeystoreNames,
): Promise<Hex> {
  const { crypto } = readKeystore(text, file);
  const invalid = (what: string) => new KeystoreInvalidError(file, what);
  if (crypto.cipher !== CIPHER) throw invalid(`its cipher is ${crypto.cipher}, not ${CIPHER}`);
  const ciphertext = hexBytes(crypto.ciphertext);
  const iv = hexBytes(crypto.cipherparams?.iv);
  const mac = hexBytes(crypto.mac);
  if (ciphertext?.length !== 32) throw invalid("its ciphertext has not 32 bytes");
  if (iv?.length !== 16) throw invalid("its iv has not 16 bytes");
  if (mac?.length !== 32) throw invalid("its mac has not 32 bytes");
  const kdf = readDerivation(crypto, invalid);
  const wrong = new WrongPasswordError(file, passwordSource);
  if (kdf.name === "scrypt" && !opensslTakes(kdf)) {
    return (await decryptElsewhere(crypto, password)) ?? Promise.reject(wrong);
  }
  const derived = await derive(password, kdf);
  if (!timingSafeEqual(macOf(derived, ciphertext), mac)) throw wrong;
  const decipher = createDecipheriv(CIPHER, derived.subarray(0, 16), iv);
  return bytesToHex(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
}

/** The account that a keystore says it is of; the key alone proves it. */
export function addressIn(text: string, file: string): Address | undefined {
  const { address } = readKeystore(text, file);
  const digits = typeof address === "string" ? address.replace(/^0x/, "") : "";
  return /^[\da-fA-F]{40}$/.test(digits) ? `0x${digits}` : undefined;
}

interface Keystore {
  version: number;
  address?: unknown;
  crypto: {
    cipher?: unknown;
    ciphertext?: unknown;
    cipherparams?: { iv?: unknown };
    kdf?: unknown;
    kdfparams?: Record<string, unknown>;
    mac?: unknown;
  };
}

function readKeystore(text: string, file: string): Keystore {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text);
  } catch {
    throw new KeystoreInvalidError(file, "it is not JSON");
  }
  if (json?.version !== 3) throw new KeystoreInvalidError(file, `its version is ${json?.version}`);
  // Early writers spelled it with a capital.
  const crypto = json.crypto ?? json.Crypto;
  if (typeof crypto !== "object" || crypto === null) {
    throw new KeystoreInvalidError(file, "it has no crypto section");
  }
  return { ...json, version: 3, crypto };
}

interface Scrypt {
  name: "scrypt";
  salt: Uint8Array;
  n: number;
  r: number;
  p: number;
}

interface Pbkdf2 {
  name: "pbkdf2";
  salt: Uint8Array;
  rounds: number;
}

/** How the password becomes a key, within what one may ask of this machine. */
function readDerivation(
  { kdf, kdfparams = {} }: Keystore["crypto"],
  invalid: (what: string) => KeystoreInvalidError,
): Scrypt | Pbkdf2 {
  const salt = hexBytes(kdfparams.salt);
  const { dklen, n, r, p, c, prf } = kdfparams;
  if (salt === undefined || dklen !== DERIVED_BYTES) throw invalid("its kdfparams are incomplete");
  if (kdf === "scrypt") {
    if (!isCount(n) || !isCount(r) || !isCount(p) || Math.log2(n) % 1 !== 0 || n < 2) {
      throw invalid("its scrypt parameters are none");
    }
    if (128 * r * (n + p) > MAX_SCRYPT_BYTES) throw invalid("its scrypt asks for too much memory");
    return { name: "scrypt", salt, n, r, p };
  }
  if (kdf === "pbkdf2") {
    if (!isCount(c) || c > MAX_PBKDF2_ROUNDS || prf !== "hmac-sha256") {
      throw invalid("its pbkdf2 parameters are none that are known");
    }
    return { name: "pbkdf2", salt, rounds: c };
  }
  throw invalid(`its key derivation is ${kdf}, neither scrypt nor pbkdf2`);
}

function derive(password: string, kdf: Scrypt | Pbkdf2): Promise<Buffer> {
  if (kdf.name === "pbkdf2") {
    return pbkdf2Async(password, kdf.salt, kdf.rounds, DERIVED_BYTES, "sha256");
  }
  const { salt, n, r, p } = kdf;
  // OpenSSL counts a little more than the table itself.
  const maxmem = 128 * r * (n + p) + (1 << 20);
  return scryptAsync(password, salt, DERIVED_BYTES, { N: n, r, p, maxmem });
}

/** RFC 7914 wants n < 2^(128 r / 8), and OpenSSL insists on it; the definition's own test vector does not keep it. */
function opensslTakes({ n, r }: Scrypt): boolean {
  return Math.log2(n) < 16 * r;
}

/** By JavaScript alone. */
async function decryptElsewhere(
  crypto: Keystore["crypto"],
  password: string,
): Promise<Hex | undefined> {
  const { Wallet } = await import("@ethereumjs/wallet");
  try {
    const keystore = JSON.stringify({ version: 3, crypto });
    const wallet = await Wallet.fromV3(keystore, password, true);
    return wallet.getPrivateKeyString() as Hex;
  } catch {
    return undefined; // everything but the password was looked at before
  }
}

function macOf(derived: Uint8Array, ciphertext: Uint8Array): Buffer {
  return Buffer.from(keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext]), "bytes"));
}

function hexBytes(value: unknown): Buffer | undefined {
  if (typeof value !== "string" || !/^(0x)?([\da-fA-F]{2})*$/.test(value)) return undefined;
  return Buffer.from(value.replace(/^0x/, ""), "hex");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
