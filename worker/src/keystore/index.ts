export { listKeystores, readAddress, writeKeystore } from "./keystoreFile.ts";
export { DEFAULT_PATH } from "./mnemonic.ts";
export { type Password, readPassword } from "./password.ts";
export {
  checkKeyFiles,
  defaultKeystore,
  parsePrivateKey,
  readAccount,
  readAccountAddress,
  readKey,
} from "./readAccount.ts";
export { readSecretFile, writeSecretFile } from "./secretFile.ts";
export { decryptKey } from "./secretStorage.ts";
