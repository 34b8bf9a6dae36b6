import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { anchorOf } from "./anchors.ts";

// The site does not build with a link that leads nowhere; the repository's own readers are to have the same.

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = globSync(["*.md", "docs/**/*.md", "*/README.md", "examples/*/README.md"], {
  cwd: root,
}).filter((page) => !/node_modules|docs\/reference/.test(page));

function anchorsOf(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading));
}

/** What a page links to within the repository. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** Files that a page of the site shows. */
function shownIn(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  const included = [...text.matchAll(/<!--@include: (\S+)-->/g)].map(([, path = ""]) => {
    return join(dirname(page), path);
  });
  const code = [...text.matchAll(/^<<< @\/(\S+)$/gm)].map(([, path = ""]) => join("docs", path));
  return [...included, ...code];
}

test("what a page shows of other files is there", () => {
  const shown = pages.flatMap(shownIn);
  expect(shown.length).toBeGreaterThan(5);
  for (const file of shown) expect([file, existsSync(join(root, file))]).toEqual([file, true]);
});

test("there are pages, and links between them", () => {
  expect(pages.length).toBeGreaterThan(30);
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(150);
});

test.each(pages)("%s links to what is there", (page) => {
  for (const link of linksOf(page)) {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : normalize(join(dirname(page), path));
    expect([link, existsSync(join(root, target))]).toEqual([link, true]);
    if (anchor !== undefined && target.endsWith(".md")) {
      expect([link, anchorsOf(target).includes(anchor)]).toEqual([link, true]);
    }
  }
});
