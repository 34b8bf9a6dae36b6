import { checkConfig, needsChain } from "../../config/check.ts";
import { strayVariables } from "../../config/environment.ts";
import { ConfigError } from "../../config/errors.ts";
import { checkKeyFiles } from "../../keystore/readAccount.ts";
import { prepareDataDir } from "../../node/dataDir.ts";
import type { Command } from "../command.ts";
import { loadOptions } from "../loadOptions.ts";
import { toJson } from "../log.ts";
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
