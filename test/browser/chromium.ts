import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A browser that is on this machine already; none is downloaded. */
export const CHROMIUM = (process.env.PATH ?? "")
  .split(delimiter)
  .flatMap((folder) =>
    ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)),
  )
  .find((path) => existsSync(path));
