/** A process that runs the kernel in a loop, without anything around it: what two of them gain is what this machine can give. */
import { kernelOf, runKernel } from "../executor/kernel.ts";
import { obeyOrders } from "../ordered.ts";
import { inputs, programs, type Work } from "./work.ts";

const kernels = {
  quick: kernelOf(new WebAssembly.Module(programs.quick.instrumented as Uint8Array<ArrayBuffer>)),
  slow: kernelOf(new WebAssembly.Module(programs.slow.instrumented as Uint8Array<ArrayBuffer>)),
};

obeyOrders<{ work: Work; count: number }, void>(async ({ work, count }) => {
  for (const input of inputs(0, count)) runKernel(kernels[work], input);
});
