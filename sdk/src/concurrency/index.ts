/** `@assay/sdk/concurrency`: several things at a time, and none after an abort. For Assay's own packages: it follows no version. */
export { abortable } from "./abortable.ts";
export { type EachConcurrentlyParameters, eachConcurrently } from "./eachConcurrently.ts";
export { pause } from "./pause.ts";
export { createSemaphore, type Semaphore } from "./semaphore.ts";
