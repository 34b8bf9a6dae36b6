import { readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { PipelineInvalidError } from "../define/errors.ts";

/** A pipeline is a page or some; what is longer was not meant. */
const MAX_FILE_BYTES = 1 << 20;

/** A value of a file, with its place. Scalars are taken as they are written. */
export class Field {
  readonly #file: DocumentFile;
  readonly #node: Node | null;
  /** The keys that lead to it. */
  readonly path: string;

  constructor(file: DocumentFile, node: Node | null, path: string) {
    this.#file = file;
    this.#node = node;
    this.path = path;
  }

  /** `file:line:column`. */
  get where(): string {
    return this.#file.where(this.#node);
  }

  invalid(what: string): PipelineInvalidError {
    const name = this.path === "" ? "The file" : this.path;
    return new PipelineInvalidError(`${name} ${what}.`, { where: this.where });
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  /** @throws {@link PipelineInvalidError} for what is no text, or empty. */
  text(): string {
    if (!isScalar(this.#node)) throw this.invalid("takes one value");
    const text = String(this.#node.value ?? "");
    if (text === "") throw this.invalid("has no value: give it one, or leave it out");
    return text;
  }

  /** A whole number from `least` on. */
  count(least: number): number {
    const text = this.text();
    const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(count) && count >= least) return count;
    throw this.invalid(`is ${text}: give a whole number from ${least} on`);
  }

  flag(): boolean {
    const text = this.text();
    if (text === "true" || text === "false") return text === "true";
    throw this.invalid(`is ${text}: give true or false`);
  }

  /** The entries of a map, in their order. */
  entries(): Map<string, Field> {
    if (!isMap(this.#node)) throw this.invalid("is a section: write its keys below it");
    const entries = new Map<string, Field>();
    for (const { key, value } of this.#node.items as Pair<Node, Node | null>[]) {
      const name = String(isScalar(key) ? key.value : key);
      const path = this.path === "" ? name : `${this.path}.${name}`;
      entries.set(name, new Field(this.#file, value ?? key, path));
    }
    return entries;
  }

  /** The entries of a map that has these keys at most. */
  record<Key extends string>(keys: readonly Key[]): { [Name in Key]?: Field } {
    const entries = this.entries();
    for (const [name, field] of entries) {
      if ((keys as readonly string[]).includes(name)) continue;
      throw field.invalid(`is not known: there are ${keys.join(", ")}`);
    }
    return Object.fromEntries(entries) as { [Name in Key]?: Field };
  }
}

/** A YAML file with the places of its values. */
export class DocumentFile {
  readonly path: string;
  readonly #lines = new LineCounter();
  readonly root: Field;

  /** @throws {@link PipelineInvalidError} that names file, line and column. */
  constructor(path: string) {
    this.path = path;
    const text = readText(path);
    // Failsafe: every scalar stays the text that was written.
    const document = parseDocument(text, { schema: "failsafe", lineCounter: this.#lines });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) {
      const [what = ""] = problem.message.split(/ at line \d+/);
      throw new PipelineInvalidError(`is no valid YAML: ${what}`, {
        where: this.#placeOf(problem.pos[0]),
      });
    }
    this.root = new Field(this, document.contents, "");
  }

  where(node: Node | null): string {
    return this.#placeOf(node?.range?.[0] ?? 0);
  }

  #placeOf(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.path}:${line}:${col}`;
  }
}

function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PipelineInvalidError(
      `${path} cannot be read (${code}): check the path and its rights.`,
      { cause },
    );
  }
  if (bytes.length > MAX_FILE_BYTES) {
    throw new PipelineInvalidError(`${path} is no pipeline: it has ${bytes.length} bytes.`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PipelineInvalidError(`${path} is no pipeline: it is not UTF-8.`, { cause });
  }
}
