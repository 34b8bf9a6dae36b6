import { type Definitions, variableOf } from "./definition.ts";
import { ConfigError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import type { Layer } from "./resolve.ts";

/** Variables that hold a secret or name the place of one, and are no options. */
export const PRIVATE_KEY_VARIABLE = "ASSAY_PRIVATE_KEY";
export const PASSWORD_VARIABLE = "ASSAY_PASSWORD";

/** Options by the environment: `ASSAY_` and the flag's name. An empty variable is one that is not set. */
export function environmentLayer(definitions: Definitions, environment: NodeJS.ProcessEnv): Layer {
  const texts = new Map<string, string[]>();
  for (const name of Object.keys(definitions)) {
    const text = environment[variableOf(name)];
    if (name !== "help" && text) texts.set(name, [text]);
  }
  return {
    kind: "environment",
    texts,
    label: variableOf,
    failure: (message, cause) => new ConfigError(message, { cause }),
  };
}

/** `ASSAY_…` variables that mean nothing, each with what may have been meant. */
export function strayVariables(definitions: Definitions, environment: NodeJS.ProcessEnv): string[] {
  const known = [
    ...Object.keys(definitions).map(variableOf),
    PRIVATE_KEY_VARIABLE,
    PASSWORD_VARIABLE,
  ];
  return Object.keys(environment)
    .filter((variable) => variable.startsWith("ASSAY_") && !known.includes(variable))
    .map((variable) => {
      const meant = nearest(variable, known);
      return `${variable} is no option${meant === undefined ? "" : `: did you mean ${meant}?`}`;
    });
}
