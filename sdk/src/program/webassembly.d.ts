// What Node has of WebAssembly and neither TypeScript's ES library nor Node's types declare.
declare namespace WebAssembly {
  function validate(bytes: Uint8Array): boolean;
  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string; kind: string }[];
    static exports(module: Module): { name: string; kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    constructor(limits: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
  }
  class Table {
    constructor(limits: { element: "anyfunc"; initial: number; maximum?: number });
  }
  class Global<Value extends number | bigint> {
    constructor(type: { value: "i32" | "i64" | "f32" | "f64"; mutable?: boolean }, value: Value);
    value: Value;
  }
  class RuntimeError extends Error {}
}
