import { existsSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { MarkdownRenderer } from "vitepress";
import { borrowedPages } from "./pages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What VitePress tells of the page that is rendered. */
interface Environment {
  relativePath?: string;
  frontmatter?: { source?: string };
}

/**
 * Pages link to each other as files of the repository, so that they can be read there. On the site such a link leads to the file's
 * page. A file without one is named without a link, since the site does not have it.
 */
export function linksOfTheSite(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("links_of_the_site", ({ tokens, env }) => {
    const page = (env as Environment).relativePath ?? "index.md";
    const source = (env as Environment).frontmatter?.source ?? `docs/${page}`;
    for (const { children } of tokens) {
      const open: boolean[] = []; // whether each open link stays one
      for (const token of children ?? []) {
        if (token.type === "link_open") {
          const link = linkOf(token.attrGet("href") ?? "", { source, page });
          open.push(link !== undefined);
          if (link === undefined) token.tag = "span";
          else token.attrSet("href", link);
          if (link === undefined) token.attrs = null;
        } else if (token.type === "link_close") {
          if (open.pop() === false) token.tag = "span";
        } else if (token.type === "image") {
          token.attrSet("src", imageOf(token.attrGet("src") ?? "", { source, page }));
        }
      }
    }
  });
}

interface Place {
  /** The file in the repository. */
  source: string;
  /** The page on the site. */
  page: string;
}

function linkOf(href: string, { source, page }: Place): string | undefined {
  if (/^([a-z]+:|#|\/)/.test(href)) return href;
  const [path = "", anchor] = href.split("#");
  const file = posix.normalize(posix.join(posix.dirname(source), path));
  const target = file.startsWith("docs/") ? file.slice("docs/".length) : borrowedPages[file];
  if (target?.endsWith(".md") !== true) return undefined;
  const link = posix.relative(posix.dirname(page), target);
  return `${link.startsWith(".") ? link : `./${link}`}${anchor === undefined ? "" : `#${anchor}`}`;
}

function imageOf(src: string, { source, page }: Place): string {
  const file = posix.join(posix.dirname(source), src);
  if (!existsSync(posix.join(root, file))) return src; // VitePress says which image is missing
  const link = posix.relative(posix.join("docs", posix.dirname(page)), file);
  return link.startsWith(".") ? link : `./${link}`;
}
