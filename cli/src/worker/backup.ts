import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  flag,
  help,
  loadOptions,
  nodeOptions,
  option,
  parsePath,
  UsageError,
} from "@assay/worker/config";
import { backUpStore } from "@assay/worker/operate";
import { type Command, toJson } from "@assay/worker/process";

const backupOptions = {
  config: nodeOptions.config,
  "data-dir": nodeOptions["data-dir"],
  to: option({
    placeholder: "<file>",
    describe: "where the copy goes; must not be there yet",
    parse: parsePath,
  }),
  json: flag("one JSON object"),
  help,
};

export const backupCommand: Command = {
  summary: "copy a node's database, also while it runs; the copy is one moment's whole state",
  options: backupOptions,
  async run(argv, { environment, stdout }) {
    const { dataDir, to, json } = loadOptions(backupOptions, argv, environment).values;
    const file = join(dataDir, "node.sqlite");
    if (to === undefined) throw new UsageError("Where to? Give a file with --to.");
    if (!existsSync(file)) {
      throw new UsageError(`There is no node in ${dataDir}: give its folder with --data-dir.`);
    }
    if (existsSync(to)) throw new UsageError(`--to ${to} is there already: name a new file.`);
    const bytes = backUpStore(file, to);
    stdout.write(`${json ? toJson({ to, bytes }) : `${to}: ${bytes} bytes`}\n`);
    return 0;
  },
};
