import {
  flag,
  help,
  listOption,
  option,
  parseCount,
  parseDuration,
  parsePath,
} from "@assay/worker/config";

const json = flag("one JSON object");

export const buildOptions = {
  out: option({
    placeholder: "<file>",
    describe: "where the program is written",
    parse: parsePath,
  }),
  arg: listOption({
    placeholder: "<text>",
    describe: "an argument of a WASI command",
    hasCommas: true,
    parse: (text: string) => text,
  }),
  env: listOption({
    placeholder: "<name>=<value>",
    describe: "an environment variable of a WASI command",
    hasCommas: true,
    parse: parsePair("give NAME=value"),
  }),
  file: listOption({
    placeholder: "<path>=<local file>",
    describe: "a file that a WASI command can read at that path",
    hasCommas: true,
    parse: parsePair("give a path and a local file, such as data/table.csv=./table.csv"),
  }),
  "memory-pages": option({
    placeholder: "<count>",
    describe: "most memory it may use, in pages of 64 KiB",
    defaultsTo: "256 (16 MiB), of a WASI command 1024 (64 MiB)",
    parse: parseCount,
  }),
  json,
  help,
};

export const inspectOptions = { json, help };

const MOST_RUNS = 10_000;

export const benchOptions = {
  runs: option({
    placeholder: "<n>",
    describe: `runs that are timed, at most ${MOST_RUNS}; one more comes before them`,
    default: "10",
    parse: parseRuns,
  }),
  "max-steps": option({
    placeholder: "<fuel>",
    describe: "most fuel it may take",
    defaultsTo: "that of a job",
    parse: (text: string) => BigInt(parseCount(text)),
  }),
  "task-limit": option({
    placeholder: "<duration>",
    describe: "longest time of a run: 500ms, 10s, 2m",
    default: "1m",
    parse: parseDuration,
  }),
  json,
  help,
};

function parseRuns(text: string): number {
  const runs = parseCount(text);
  if (runs > MOST_RUNS) throw new Error(`give at most ${MOST_RUNS}`);
  return runs;
}

export const runOptions = {
  out: option({
    placeholder: "<file>",
    describe: "where the result is written",
    defaultsTo: "standard output",
    parse: parsePath,
  }),
  "max-steps": option({
    placeholder: "<fuel>",
    describe: "most fuel it may take",
    defaultsTo: "that of a job",
    parse: (text: string) => BigInt(parseCount(text)),
  }),
  stderr: flag("show what a WASI program writes to standard error"),
  json,
  help,
};

/** The first `=` parts them: the second may hold others. */
function parsePair(advice: string): (text: string) => readonly [string, string] {
  return (text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new Error(advice);
    return [text.slice(0, at), text.slice(at + 1)];
  };
}
