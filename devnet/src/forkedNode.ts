import { type createStartCommand, loadNode, runAsProcess } from "@assay/worker/process";

/** The single message of a node's process from its parent: the options of `assay worker start`. */
export interface NodeMessage {
  argv: string[];
}

/**
 * Runs a node in a process that was forked ahead of its options: loads what a node consists of, and starts it when the options come.
 * Until then the process ends with its parent; afterwards `--exit-with-parent` sees to it.
 */
export function runForkedNode(start: ReturnType<typeof createStartCommand>): void {
  const orphaned = () => process.exit(0);
  process.once("disconnect", orphaned);
  process.once("message", ({ argv }: NodeMessage) => {
    process.off("disconnect", orphaned);
    const { env: environment, stdout, stderr } = process;
    void runAsProcess(() => start.run(argv, { environment, stdout, stderr }));
  });
  setImmediate(() => process.connected || orphaned()); // it was gone before we listened
  loadNode().catch(() => {}); // the start tells of it
}
