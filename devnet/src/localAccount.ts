import { pbkdf2Sync } from "node:crypto";
import { bytesToHex, type HDAccount, type Hex } from "viem";
import { HDKey, hdKeyToAccount } from "viem/accounts";

/** Hardhat's well-known development mnemonic, for local chains only. */
const MNEMONIC = "test test test test test test test test test test test junk";

/** Above all accounts. */
let parent: HDKey | undefined;

/** An account of every local chain. Its key is anybody's. */
export function localAccount(index: number): HDAccount {
  // BIP-39's seed, by OpenSSL: in JavaScript it takes a hundred times as long.
  parent ??= HDKey.fromMasterSeed(pbkdf2Sync(MNEMONIC, "mnemonic", 2_048, 64, "sha512")).derive(
    "m/44'/60'/0'/0",
  );
  // From there on.
  return hdKeyToAccount(parent, { path: `m/${index}` as "m/44'/60'/0'" });
}

export function localKey(index: number): Hex {
  const { privateKey } = localAccount(index).getHdKey();
  if (privateKey == null) throw new TypeError("the account has no private key");
  return bytesToHex(privateKey);
}
