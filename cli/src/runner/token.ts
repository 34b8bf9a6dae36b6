import { readSecretFile } from "@assay/worker/keystore";

/** Has the token where there is no file with it. */
export const TOKEN_VARIABLE = "ASSAY_RUNNER_TOKEN";

/** The token of a host of runners: from its file, else from the environment. */
export async function readToken(
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (file === undefined) return environment[TOKEN_VARIABLE];
  // A line of a file ends with a break, which is no part of the token.
  return (await readSecretFile(file, "--token-file")).trim();
}
