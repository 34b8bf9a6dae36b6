import { type Module, readModule } from "../module/readModule.ts";
import { KIND } from "../module/sections.ts";
import { shimCode } from "./generated/shimCode.ts";

/** The shim, and where the linked module has what it brings. */
export interface Shim extends Module {
  /** Names of the functions that it imports. */
  imports: readonly string[];
  firstType: number;
  firstFunction: number;
  firstGlobal: number;
}

export function readShim({ types, functions, globals }: Module): Shim {
  const imports: string[] = [];
  const wasm = Uint8Array.from(atob(shimCode.join("")), (char) => char.charCodeAt(0));
  const module = readModule(wasm, (_from, name) => {
    if (name !== "memory") imports.push(name);
  });
  return {
    ...{ ...module, imports },
    ...{ firstType: types.length, firstFunction: functions.length, firstGlobal: globals.length },
  };
}

/** Where the linked module has something that the shim exports. */
export function indexIn(shim: Shim, name: string): number {
  const { kind, index } = shim.exports.get(name) as { kind: number; index: number };
  return index + (kind === KIND.global ? shim.firstGlobal : shim.firstFunction);
}
