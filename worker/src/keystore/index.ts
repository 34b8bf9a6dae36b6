export { readAddress, writeKeystore } from "./keystoreFile.ts";
export { DEFAULT_PATH } from "./mnemonic.ts";
export { type Password, readPassword } from "./password.ts";
export {
  checkKeyFiles,
  defaultKeystore,
  parsePrivateKey,
  readAccount,
  readKey,
} from "./readAccount.ts";
export { readSecretFile } from "./secretFile.ts";
export { decryptKey } from "./secretStorage.ts";
