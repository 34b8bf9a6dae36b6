import {
  ConfigError,
  checkConfig,
  loadOptions,
  needsChain,
  strayVariables,
} from "@assay/worker/config";
import { checkKeyFiles } from "@assay/worker/keystore";
import { prepareDataDir } from "@assay/worker/operate";
import { type Command, toJson } from "@assay/worker/process";
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
