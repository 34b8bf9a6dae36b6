export { checkConfig, type NodeConfig, needsChain } from "./check.ts";
export { type Definitions, flag, listOption, option, type ParsedOptions } from "./definition.ts";
export { PRIVATE_KEY_VARIABLE, strayVariables } from "./environment.ts";
export { ConfigError } from "./errors.ts";
export { optionHelp } from "./flags.ts";
export { type LoadedOptions, loadOptions } from "./loadOptions.ts";
export { nearest } from "./nearest.ts";
export { help, nodeOptions } from "./nodeOptions.ts";
export { shownOptions } from "./show.ts";
export { configTemplate } from "./template.ts";
export { UsageError } from "./usageError.ts";
export {
  oneOf,
  parseAddress,
  parseAmount,
  parseCid,
  parseCount,
  parseDuration,
  parseEndpoint,
  parseHttpUrl,
  parsePath,
  parseRatio,
  parseShare,
  parseSize,
} from "./values.ts";
