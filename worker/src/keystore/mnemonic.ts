import { type Hex, toHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { KeyFileError } from "./errors.ts";

/** Of the first account that wallets make for a mnemonic (BIP-44, Ethereum). */
export const DEFAULT_PATH = "m/44'/60'/0'/0/0";
const LENGTHS = [12, 15, 18, 21, 24];

/** How an account follows from a mnemonic. */
export interface MnemonicOptions {
  /** BIP-39's passphrase. Default: none. */
  passphrase?: string | undefined;
  /** BIP-32's path. Default: {@link DEFAULT_PATH}. */
  path?: string | undefined;
}

/** The lists of BIP-39: loaded when there is a mnemonic, and not before. */
const WORD_LISTS = [
  () => import("@scure/bip39/wordlists/english"),
  () => import("@scure/bip39/wordlists/czech"),
  () => import("@scure/bip39/wordlists/french"),
  () => import("@scure/bip39/wordlists/italian"),
  () => import("@scure/bip39/wordlists/japanese"),
  () => import("@scure/bip39/wordlists/korean"),
  () => import("@scure/bip39/wordlists/portuguese"),
  () => import("@scure/bip39/wordlists/simplified-chinese"),
  () => import("@scure/bip39/wordlists/spanish"),
  () => import("@scure/bip39/wordlists/traditional-chinese"),
];

/** Whether a text is words rather than digits or JSON. */
export function isMnemonic(text: string): boolean {
  return /^\p{L}[\p{L}\p{M}]*(\s+\p{L}[\p{L}\p{M}]*)+$/u.test(text.trim());
}

/**
 * The key of one account of a BIP-39 mnemonic in any of its languages. Its words may be in capitals and anyhow apart.
 *
 * @throws {@link KeyFileError} that never shows a word.
 */
export async function mnemonicKey(
  text: string,
  source: string,
  { passphrase, path = DEFAULT_PATH }: MnemonicOptions = {},
): Promise<Hex> {
  const words = text.trim().normalize("NFKD").toLowerCase().split(/\s+/);
  if (!LENGTHS.includes(words.length)) {
    throw new KeyFileError(
      `${source} holds ${words.length} words: a mnemonic (BIP-39) has 12, 15, 18, 21 or 24.`,
    );
  }
  const mnemonic = words.join(" ");
  await checkWords(words, source);
  try {
    const { privateKey } = mnemonicToAccount(mnemonic, {
      ...(passphrase !== undefined && { passphrase }),
      path: path as `m/44'/60'/${string}`,
    }).getHdKey();
    if (privateKey) return toHex(privateKey);
  } catch {
    // The same as no key: the words were checked, so it is the path. The library's own message is not shown, for what it may hold.
  }
  throw new KeyFileError(`The derivation path ${path} gives no key: write it as ${DEFAULT_PATH}.`);
}

async function checkWords(words: readonly string[], source: string): Promise<void> {
  const { validateMnemonic } = await import("@scure/bip39");
  let unknown = words.length;
  let firstUnknown = 0;
  for (const load of WORD_LISTS) {
    const { wordlist } = await load();
    if (validateMnemonic(words.join(" "), wordlist)) return;
    const list = new Set(wordlist.map((word) => word.normalize("NFKD")));
    const missing = words.filter((word) => !list.has(word)).length;
    if (missing < unknown) {
      unknown = missing;
      firstUnknown = words.findIndex((word) => !list.has(word)) + 1;
    }
  }
  throw new KeyFileError(
    unknown === 0
      ? `${source} holds a mnemonic (BIP-39) whose checksum is wrong: a word is wrong, or not in its place.`
      : `${source} holds words that are no mnemonic: word ${firstUnknown || 1} is in no list of BIP-39.`,
  );
}
