/** What few readers need, and half of the SDK: a script of its own, which is loaded when it is needed. */
export { askWhy } from "./askWhy.ts";
export { postDraft } from "./postDraft.ts";
