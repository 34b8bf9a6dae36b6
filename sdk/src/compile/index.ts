/** `@assay/sdk/compile`: compiles AssemblyScript. For Node, with the package `assemblyscript` installed. */
export {
  type CompileProgramParameters,
  compileProgram,
  DEFAULT_MEMORY_PAGES,
} from "./compileProgram.ts";
export { CompilerMissingError, ProgramCompileError } from "./errors.ts";
