/** The packages that are published, each after those that it needs: a folder of the repository and `@assay/` before its name. */
export const PACKAGES = [
  "sdk",
  "explorer",
  "ignition",
  "queue",
  "network",
  "runners",
  "pipelines",
  "worker",
  "devnet",
  "cli",
] as const;

export type PackageName = (typeof PACKAGES)[number];

/** What of a package's `package.json` packing reads and changes. */
export interface Manifest {
  name: string;
  version: string;
  exports: Record<string, string>;
  /** By condition: what a package has in one environment or another. */
  imports?: Record<string, Record<string, string>>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  private?: boolean;
}
