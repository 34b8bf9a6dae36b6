// What Node has of WebAssembly and neither TypeScript's ES library nor Node's types declare.
declare namespace WebAssembly {
  function validate(bytes: Uint8Array): boolean;
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  class Global<Value extends number | bigint> {
    value: Value;
  }
  class RuntimeError extends Error {}
}
