import {
  configTemplate,
  flag,
  help,
  loadOptions,
  nodeOptions,
  option,
  parsePath,
} from "@assay/worker/config";
import { writeSecretFile } from "@assay/worker/keystore";
import { type Command, toJson } from "@assay/worker/process";

const { config: _, ...keys } = nodeOptions;

const initOptions = {
  out: option({
    placeholder: "<file>",
    describe: "the file that is written; must not be there yet",
    default: "assay.yaml",
    parse: parsePath,
  }),
  json: flag("one JSON object"),
  ...keys,
  help,
};

export const configInitCommand: Command = {
  summary: "write a configuration file with every key explained, and the given flags filled in",
  options: initOptions,
  async run(argv, { environment, stdout }) {
    const { out, json } = loadOptions(initOptions, argv, environment).values;
    // The address of an RPC is often a key, so the file is its owner's alone.
    await writeSecretFile(out, configTemplate(initOptions, argv), "--out");
    const words = `${out} is written. Check it with assay config check --config ${out}.`;
    stdout.write(`${json ? toJson({ out }) : words}\n`);
    return 0;
  },
};
