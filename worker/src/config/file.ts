import { readFileSync } from "node:fs";
import { isMap, isNode, isScalar, isSeq, type Node, parseDocument } from "yaml";
import type { Definitions } from "./definition.ts";
import { ConfigError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { type Layer, resolveOptions } from "./resolve.ts";

/** Keys of that kind are refused with a word on where secrets go, and their value is shown to nobody. */
const SECRET = /pass(word|phrase)$|privatekey|secret|mnemonic|seed/i;
/** A configuration is a page; what is longer was not meant. */
const MAX_FILE_BYTES = 1 << 20;
/** What YAML 1.2 has no place for (5.1, c-printable), and its byte order mark inside a text. */
const UNPRINTABLE =
  /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** Tags that say what the parts of a configuration are anyhow. */
const PLAIN_TAG = /^tag:yaml\.org,2002:(str|map|seq)$/;

/**
 * Options by a YAML file: nested keys (`policy: { stake: 0.5 }`), lists as lists or between commas. Scalars are taken as they are
 * written, so that `0.10` is no float and an address no number.
 * @param definitions - all that the file may hold: its values are checked whether a command uses them or not.
 *
 * @throws {@link ConfigError} that names file, key and fix.
 */
export function fileLayer(definitions: Definitions, path: string): Layer {
  const names = new Map(
    Object.entries(definitions).flatMap(([name, { key }]) =>
      key === undefined ? [] : [[key, name] as const],
    ),
  );
  const texts = new Map<string, string[]>();
  for (const [key, values] of readKeys(path, names)) {
    const name = names.get(key);
    if (name !== undefined) texts.set(name, values);
  }
  const layer: Layer = {
    kind: "file",
    texts,
    label: (name) => `${path}: ${definitions[name]?.key ?? name}`,
    failure: (message, cause) => new ConfigError(message, { cause }),
  };
  for (const [key, name] of names) {
    const isList = definitions[name]?.repeated ?? false;
    if (!isList && (texts.get(name)?.length ?? 0) > 1) {
      throw new ConfigError(`${path}: ${key} takes one value: give no list.`);
    }
  }
  resolveOptions(definitions, [layer]);
  return layer;
}

/** Every key of the file with its values, in the order of the file. */
function readKeys(path: string, names: ReadonlyMap<string, string>): Map<string, string[]> {
  // Failsafe: every scalar stays the text that was written.
  const document = parseDocument(readText(path), { schema: "failsafe", prettyErrors: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = problem.linePos?.[0] ?? { line: 1, col: 1 };
    const [what = ""] = problem.message.split(/ at line \d+/);
    throw new ConfigError(`${path}:${line}:${col} is no valid YAML: ${what}`);
  }
  const found = new Map<string, string[]>();
  const root = document.contents;
  // Nothing but comments; a text without letters, as `""` or `>`, is no section.
  const isNothing = root === null || (isScalar(root) && root.value === "" && root.type === "PLAIN");
  if (isNothing) return found;

  const refuse = (message: string) => new ConfigError(`${path}: ${message}`);
  const sections = new Set(
    [...names.keys()].flatMap((key) =>
      key
        .split(".")
        .slice(0, -1)
        .map((_, i, parts) => parts.slice(0, i + 1).join(".")),
    ),
  );

  /** Other tags would have a value mean something else than what is written. */
  function checkTag(key: string, node: unknown): void {
    const tag = isNode(node) ? node.tag : undefined;
    if (tag !== undefined && !PLAIN_TAG.test(tag)) {
      throw refuse(
        `${key} has the tag ${tag}: values are taken as they are written, leave it out.`,
      );
    }
  }

  function textOf(key: string, node: Node | null): string {
    checkTag(key, node);
    if (!isScalar(node)) throw refuse(`${key} is no section: give it a value.`);
    const text = String(node.value ?? "");
    if (text === "") throw refuse(`${key} has no value: give it one, or leave the key out.`);
    return text;
  }

  function walk(prefix: string, node: unknown): void {
    checkTag(prefix === "" ? "the file" : prefix, node);
    if (!isMap(node)) {
      const where = prefix === "" ? "the file" : prefix;
      throw refuse(`${where} is a section: write its keys below it, as in "key: value".`);
    }
    for (const { key: keyNode, value } of node.items) {
      const key = `${prefix === "" ? "" : `${prefix}.`}${String(keyNode)}`;
      if (sections.has(key)) {
        walk(key, value);
        continue;
      }
      if (!names.has(key)) throw refuse(unknownKey(key, names.keys(), sections));
      checkTag(key, keyNode);
      checkTag(key, value);
      found.set(
        key,
        isSeq(value)
          ? value.items.map((item) => textOf(key, item as Node | null))
          : [textOf(key, value as Node | null)],
      );
    }
  }
  walk("", root);
  return found;
}

function unknownKey(key: string, known: Iterable<string>, sections: Iterable<string>): string {
  if (SECRET.test(key)) {
    return `${key} has no place here, as secrets do not belong in this file: name a file with account.passwordFile, account.keystore or account.keyFile.`;
  }
  const all = [...known];
  const leaf = key.slice(key.lastIndexOf(".") + 1);
  // Right, in the wrong section; or mistyped.
  const meant =
    all.find((candidate) => candidate.endsWith(`.${leaf}`)) ?? nearest(key, [...all, ...sections]);
  return `there is no key ${key}${meant === undefined ? ": see assay config show for those that there are." : `: did you mean ${meant}?`}`;
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError(
      `The configuration ${path} cannot be read (${code}): check the path and its rights.`,
      { cause },
    );
  }
  if (bytes.length > MAX_FILE_BYTES) {
    throw new ConfigError(`${path} is no configuration: it has ${bytes.length} bytes.`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError(`${path} is no configuration: it is not UTF-8.`, { cause });
  }
  const at = text.search(UNPRINTABLE);
  if (at >= 0) {
    const line = text.slice(0, at).split("\n").length;
    throw new ConfigError(`${path}:${line} has a character that YAML does not allow: retype it.`);
  }
  return text;
}
