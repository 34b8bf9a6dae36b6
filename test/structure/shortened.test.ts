import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const files = globSync("**/*.test.ts", { cwd: root, exclude: ["**/node_modules/**"] });

/** What `npm test` leaves out of a file, its long one has: it imports it. */
test("what npm test leaves out is in npm run test:long", () => {
  const shortened = files.filter((file) =>
    /from "[./]+(test\/)?fixtures\/long\.ts"/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(shortened.length).toBeGreaterThan(20);
  const lost = shortened.filter((file) => {
    const long = file.replace(/\.test\.ts$/, ".long.test.ts");
    return (
      !files.includes(long) ||
      !readFileSync(join(root, long), "utf8").includes(`import "./${basename(file)}";`)
    );
  });
  expect(lost).toEqual([]);
});
