import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from "node:crypto";
import { type Address, bytesToHex, getAddress, type Hex, hexToBytes, keccak256 } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { KeystoreInvalidError, WrongPasswordError } from "./errors.ts";
import { hexBytes, isObject, parseObject, shown, wholeNumber } from "./json.ts";
import { DERIVED_BYTES, derive, readDerivation } from "./keyDerivation.ts";

// Web3 Secret Storage Definition, version 3: https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage
// With Node's own scrypt: the usual cost takes 256 MiB, which native code gives back and a JavaScript heap does not.

/** Cost of what is written, that of geth's `--standard`: about half a second. */
const SCRYPT = { n: 262_144, r: 8, p: 1 };
const CIPHER = "aes-128-ctr";

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
  const { crypto, address } = readKeystore(text, file);
  const invalid = (what: string) => new KeystoreInvalidError(file, what);
  if (crypto.cipher !== CIPHER)
    throw invalid(`its cipher is ${shown(crypto.cipher)}, not ${CIPHER}`);
  const ciphertext = hexBytes(crypto.ciphertext);
  const iv = hexBytes(isObject(crypto.cipherparams) ? crypto.cipherparams.iv : undefined);
  const mac = hexBytes(crypto.mac);
  if (ciphertext?.length !== 32) throw invalid("its ciphertext has not 32 bytes");
  if (iv?.length !== 16) throw invalid("its iv has not 16 bytes");
  if (mac?.length !== 32) throw invalid("its mac has not 32 bytes");
  const parameters = isObject(crypto.kdfparams) ? crypto.kdfparams : {};
  const kdf = readDerivation(crypto.kdf, parameters, invalid);
  // Some wallets bring a password into Unicode's form NFKC before they use it, most take it as it is typed.
  for (const form of new Set([password, password.normalize("NFKC")])) {
    const derived = await derive(form, kdf);
    if (!timingSafeEqual(macOf(derived, ciphertext), mac)) continue;
    const decipher = createDecipheriv(CIPHER, derived.subarray(0, 16), iv);
    const key = bytesToHex(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
    checkAddress(key, address, invalid);
    return key;
  }
  throw new WrongPasswordError(file, passwordSource);
}

function checkAddress(
  key: Hex,
  address: Address | undefined,
  invalid: (what: string) => KeystoreInvalidError,
): void {
  let own: Address;
  try {
    own = privateKeyToAddress(key);
  } catch {
    // Zero, or beyond the curve's order. The library's error is not the cause here: it may show the key.
    throw invalid("what it holds is no private key");
  }
  if (address !== undefined && getAddress(address) !== own) {
    throw invalid(`it says that it is of ${getAddress(address)}, and its key is of ${own}`);
  }
}

/** The account that a keystore says it is of; the key alone proves it. */
export function addressIn(text: string, file: string): Address | undefined {
  return readKeystore(text, file).address;
}

interface Keystore {
  address: Address | undefined;
  crypto: Record<string, unknown>;
}

function readKeystore(text: string, file: string): Keystore {
  const json = parseObject(text);
  const invalid = (what: string) => new KeystoreInvalidError(file, what);
  if (json === undefined) throw invalid("it is not JSON");
  if ("encseed" in json) throw invalid("it is a wallet of the presale of 2014");
  const { version, address, crypto } = json;
  if (wholeNumber(version) !== 3) throw invalid(`its version is ${shown(version)}`);
  if (!isObject(crypto)) throw invalid("it has no crypto section");
  return { address: readAddress(address, invalid), crypto };
}

/** A keystore need not say whose it is. */
function readAddress(
  address: unknown,
  invalid: (what: string) => KeystoreInvalidError,
): Address | undefined {
  if (address === undefined || address === null || address === "") return undefined;
  const digits = typeof address === "string" ? address.replace(/^0x/i, "") : "";
  if (!/^[\da-fA-F]{40}$/.test(digits)) throw invalid("its address is not 20 bytes in hexadecimal");
  return `0x${digits.toLowerCase()}`;
}

function macOf(derived: Uint8Array, ciphertext: Uint8Array): Buffer {
  return Buffer.from(keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext]), "bytes"));
}
