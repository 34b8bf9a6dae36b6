import { checkConfig, needsChain } from "../../../worker/src/config/check.ts";
import { strayVariables } from "../../../worker/src/config/environment.ts";
import { ConfigError } from "../../../worker/src/config/errors.ts";
import { loadOptions } from "../../../worker/src/config/loadOptions.ts";
import { checkKeyFiles } from "../../../worker/src/keystore/readAccount.ts";
import { prepareDataDir } from "../../../worker/src/node/dataDir.ts";
import type { Command } from "../../../worker/src/process/command.ts";
import { toJson } from "../../../worker/src/process/log.ts";
import { configOptions } from "./configOptions.ts";

export const configCheckCommand: Command = {
  summary:
    "check a node's configuration, and that the files it names are there; the chain is not asked",
  options: configOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(configOptions, argv, environment);
    checkConfig(values);
    const [stray] = strayVariables(configOptions, environment);
    if (stray !== undefined) throw new ConfigError(stray);
    if (needsChain(values)) await checkKeyFiles(values, environment);
    await prepareDataDir(values.dataDir);
    stdout.write(values.json ? `${toJson({ ok: true })}\n` : "The configuration is fine.\n");
    return 0;
  },
};
