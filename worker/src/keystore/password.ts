import { PASSWORD_VARIABLE } from "../config/environment.ts";
import { KeyFileError } from "./errors.ts";
import { promptPassword, type Terminal } from "./prompt.ts";
import { readSecretFile } from "./secretFile.ts";

export interface Password {
  password: string;
  /** Where it comes from, for messages. */
  source: string;
}

/**
 * A password by reference: from a file (its first line), from the environment (the variable is deleted then, so that no child
 * process inherits it), else from the terminal.
 * @param isNew - it is to be chosen: a prompt asks for it twice, and an empty one is refused.
 *
 * @throws {@link KeyFileError}
 */
export async function readPassword(
  { passwordFile, isNew = false }: { passwordFile: string | undefined; isNew?: boolean },
  environment: NodeJS.ProcessEnv,
  terminal: Terminal = process,
): Promise<Password> {
  const fromEnvironment = environment[PASSWORD_VARIABLE];
  delete environment[PASSWORD_VARIABLE];
  const given = await givenPassword(passwordFile, fromEnvironment, terminal, isNew);
  if (isNew && given.password === "") {
    throw new KeyFileError(`The password from ${given.source} is empty: choose one that is not.`);
  }
  return given;
}

async function givenPassword(
  passwordFile: string | undefined,
  fromEnvironment: string | undefined,
  terminal: Terminal,
  isNew: boolean,
): Promise<Password> {
  if (passwordFile !== undefined) {
    const text = await readSecretFile(passwordFile, "--password-file");
    return { password: text.split(/\r?\n/, 1)[0] ?? "", source: passwordFile };
  }
  if (fromEnvironment !== undefined) {
    return { password: fromEnvironment, source: PASSWORD_VARIABLE };
  }
  if (!terminal.stdin.isTTY) {
    throw new KeyFileError(
      `The keystore has a password, and there is no terminal to ask for it: give --password-file or ${PASSWORD_VARIABLE}.`,
    );
  }
  const password = await promptPassword("Password: ", terminal);
  if (isNew && (await promptPassword("Again: ", terminal)) !== password) {
    throw new KeyFileError("The two passwords differ: start again.");
  }
  return { password, source: "the terminal" };
}
