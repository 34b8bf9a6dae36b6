/** What a thread of the peer does: the same kernel in an instance that it keeps, without putting anything back. */
import { type Kernel, kernelOf, runKernel } from "./kernel.ts";

const kernels = new Map<string, Kernel>();

export interface ThreadTask {
  module: WebAssembly.Module;
  id: string;
  input: Uint8Array;
}

export default function run({ id, module, input }: ThreadTask): Uint8Array {
  let kernel = kernels.get(id);
  if (kernel === undefined) {
    kernel = kernelOf(module);
    kernels.set(id, kernel);
  }
  return runKernel(kernel, input);
}
