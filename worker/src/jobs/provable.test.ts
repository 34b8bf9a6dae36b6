import { prepareProgram } from "@assay/runners";
import { cidOf, memoryContent, putBytes } from "@assay/sdk";
import { MAX_PROVABLE_BYTES, machineOf } from "@assay/sdk/machine";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { type Address, zeroHash } from "viem";
import { describe, expect, test } from "vitest";
import { echo } from "../../../test/fixtures/programs.ts";
import { arbiter, spec, terms } from "../../test/job.ts";
import { checkProvableInput, createProofRules } from "./provable.ts";

const { root } = machineOf(echo.wasm);
const other = `0x${"ab".repeat(32)}` as const;
const program = prepareProgram("echo", echo.wasm);
const { signal } = new AbortController();
const refused = expect.objectContaining({ code: "MACHINE_REFUSED", retryable: false });

describe.each<[string, Address[]]>([
  ["before a proof arbiter", [arbiter]],
  ["before any other", []],
])("%s", (_, arbiters) => {
  const rules = createProofRules(arbiters);

  test("a job may name its program's machine, and no other one", async () => {
    await rules.checkProgram(program, { ...spec, machineRoot: root }, signal);
    const upper = `0x${root.slice(2).toUpperCase()}` as const;
    await rules.checkProgram(program, { ...spec, machineRoot: upper }, signal);
    const checked = rules.checkProgram(program, { ...spec, machineRoot: other }, signal);
    await expect(checked).rejects.toEqual(refused);
  });
});

test("a job of a proof arbiter has to name a machine, and no results that cannot be proved", () => {
  const rules = createProofRules([arbiter]);
  expect(rules.mustProve(terms)).toBe(true);
  expect(() => rules.checkTerms(terms, { ...spec, machineRoot: zeroHash })).toThrow(refused);
  const named = { ...spec, machineRoot: root };
  expect(() =>
    rules.checkTerms(terms, { ...named, maxResultBytes: MAX_PROVABLE_BYTES + 1 }),
  ).toThrow(refused);
  rules.checkTerms(terms, named);
  const jury = createProofRules([]);
  expect(jury.mustProve(terms)).toBe(false);
  jury.checkTerms(terms, { ...spec, machineRoot: zeroHash });
});

test("inputs are such as the machine loads", async () => {
  const small = Uint8Array.of(1);
  checkProvableInput(cidOf(small), small);
  const sha256 = CID.createV1(0x55, create(0x12, cidOf(small).multihash.digest));
  expect(() => checkProvableInput(sha256, small)).toThrow(refused);
  const large = new Uint8Array((1 << 20) + 1);
  const cid = await putBytes(memoryContent(), large);
  checkProvableInput(cid, large);
  // A root of the same bytes in other words, as one with links by another hash would be.
  const strange = CID.createV1(cid.code, create(0x1e, cidOf(small).multihash.digest));
  expect(() => checkProvableInput(strange, large)).toThrow(refused);
});
