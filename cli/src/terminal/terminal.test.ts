import { PassThrough, Writable } from "node:stream";
import { expect, test } from "vitest";
import { confirm, confirmSpending } from "./confirm.ts";
import { createProgress } from "./progress.ts";

function sink(terminal: { isTTY?: boolean; columns?: number } = {}) {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { stream: Object.assign(stream, terminal), text: () => text };
}

/** A terminal on which `answer` is typed. */
function typing(answer: string | undefined) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  if (answer === undefined) stdin.end();
  else stdin.write(answer);
  return stdin;
}

test("without a terminal a step of ten per cent is a line", () => {
  const { stream, text } = sink();
  const progress = createProgress(stream, 1_000, "stored");
  for (let done = 0; done <= 1_000; done++) progress.update(done);
  progress.end();
  progress.update(1_000, "late");
  const lines = text().trimEnd().split("\n");
  expect(lines).toHaveLength(11);
  expect([lines[0], lines.at(-1)]).toEqual(["stored: 0 of 1000", "stored: 1000 of 1000"]);
});

test("on a terminal one line is drawn over, and is as narrow as the terminal", () => {
  const { stream, text } = sink({ isTTY: true, columns: 30 });
  const progress = createProgress(stream, 4, "contracts");
  for (let done = 0; done <= 4; done++) progress.update(done, "Marketplace is long in coming");
  progress.end();
  progress.end();
  expect(text().split("\n")).toHaveLength(2);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal is told
  const drawn = text().split(/\u001b\[\d*[GK]/);
  expect(Math.max(...drawn.map((part) => part.trimEnd().length))).toBeLessThan(30);
});

test("a terminal that says that it has no columns gets a whole line", () => {
  const { stream, text } = sink({ isTTY: true, columns: 0 });
  const progress = createProgress(stream, 4, "contracts");
  progress.update(4, "Marketplace deployed");
  progress.end();
  expect(text()).toContain("4/4 Marketplace deployed");
});

test("an unknown whole, and one of nothing, are no reason to fail", () => {
  for (const total of [undefined, 0]) {
    const { stream, text } = sink({ isTTY: true });
    const progress = createProgress(stream, total, "found");
    progress.update(3);
    progress.end();
    expect(text()).toContain("3");
  }
});

test.each([
  ["y\r", true],
  ["Yes\r", true],
  ["\r", false],
  ["n\r", false],
  ["yup\r", false],
  ["\u0003", false],
  ["\u0004", false],
  [undefined, false],
])("the answer %j is %j", async (answer, expected) => {
  const { stream, text } = sink();
  const asked = confirm("Send it?", { yes: false, stdin: typing(answer), stderr: stream });
  expect(await asked).toBe(expected);
  expect(text()).toContain("Send it? [y/N]");
});

test("a second question after the input's end is a no, too", async () => {
  const { stream } = sink();
  const asking = { yes: false, stdin: typing(undefined), stderr: stream };
  expect([await confirm("One?", asking), await confirm("Two?", asking)]).toEqual([false, false]);
});

test("without a terminal only --yes goes ahead", async () => {
  const { stream, text } = sink();
  const nobody = { stdin: new PassThrough(), stderr: stream };
  await expect(confirm("Send it?", { yes: false, ...nobody })).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("give --yes"),
  });
  expect(await confirm("Send it?", { yes: true, ...nobody })).toBe(true);
  expect(text()).toBe("");
});

test("a development chain asks nothing, others show what it costs", async () => {
  const { stream, text } = sink();
  const summary = [["amount", "1 ether"]] as const;
  const asking = { yes: false, stdin: typing("n\r"), stderr: stream };
  for (const chainId of [31_337, 1_337]) {
    expect(await confirmSpending(summary, { ...asking, chainId })).toBe(true);
  }
  expect(text()).toBe("");
  expect(await confirmSpending(summary, { ...asking, chainId: 1 })).toBe(false);
  expect(text()).toMatch(/amount {2}1 ether\n.*Nothing was sent\.\n$/s);
});
