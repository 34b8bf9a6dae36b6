import type { TagRule } from "../jobs/policy.ts";
import { parseAddress, parseCid } from "./values.ts";

/** `gpu`, `region:eu`: what a worker has, and a job may need. */
export function parseTag(text: string): string {
  if (!/^[\w.-]+(:[\w.-]+)?$/.test(text)) {
    throw new Error("give a tag such as gpu or region:eu");
  }
  return text;
}

/** `gpu@bafk…`, `gpu+region:eu@0x…` or `gpu@*`: which tags the jobs of a program, a requester or anybody need. */
export function parseTagRule(text: string): TagRule {
  const [names = "", who = "", ...rest] = text.split("@");
  if (names === "" || who === "" || rest.length > 0) {
    throw new Error("give a rule such as gpu@<program's CID>, gpu+region:eu@<requester> or gpu@*");
  }
  const tags = names.split("+").map(parseTag);
  if (who === "*") return { tags };
  return who.startsWith("0x")
    ? { tags, requester: parseAddress(who) }
    : { tags, program: parseCid(who) };
}
