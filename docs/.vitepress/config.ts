import { type DefaultTheme, defineConfig } from "vitepress";
import apiSidebar from "../reference/api/sidebar.json" with { type: "json" };
import { linksOfTheSite } from "../site/links.ts";

type Item = DefaultTheme.SidebarItem;

const item = (text: string, link: string): Item => ({ text, link });

const decisions: Item = item("Decisions", "/decisions/");

/** The order in which a newcomer would read. */
const sidebar: Item[] = [
  {
    text: "Start",
    items: [
      item("Quickstart", "/quickstart"),
      item("Buying work", "/buying-work"),
      item("Money and disputes", "/money"),
      item("Programs by language", "/programs"),
    ],
  },
  {
    text: "Examples",
    items: [
      item("Fire detection", "/examples/fire-detection"),
      item("Federated learning", "/examples/federated-learning"),
    ],
  },
  {
    text: "Run a node",
    items: [
      item("Operating a node", "/operating"),
      item("What the node does", "/worker"),
      item("Limits", "/LIMITS"),
      item("Metrics", "/METRICS"),
    ],
  },
  {
    text: "How it works",
    items: [
      item("Architecture", "/ARCHITECTURE"),
      item("The protocol", "/protocol"),
      item("The jury", "/jury"),
      item("The network", "/network"),
      item("The queue", "/queue"),
      decisions,
      item("Glossary", "/glossary"),
    ],
  },
  {
    text: "Reference",
    items: [
      item("The SDK", "/sdk"),
      item("Commands", "/reference/cli"),
      item("Errors", "/reference/errors"),
      { text: "API", collapsed: true, items: apiSidebar },
    ],
  },
];

export default defineConfig({
  title: "Assay",
  description: "A compute marketplace settled on Ethereum and its L2s",
  lang: "en",
  outDir: "../out/docs",
  cacheDir: "../out/docs-cache",
  srcExclude: ["README.md"],
  rewrites: { "decisions/README.md": "decisions/index.md" },
  // A page that names one that is not there does not build.
  ignoreDeadLinks: false,
  lastUpdated: false,
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: { config: (markdown) => void markdown.use(linksOfTheSite) },
  themeConfig: {
    nav: [
      item("Quickstart", "/quickstart") as DefaultTheme.NavItemWithLink,
      item("Programs", "/programs") as DefaultTheme.NavItemWithLink,
      item("Run a node", "/operating") as DefaultTheme.NavItemWithLink,
      item("Commands", "/reference/cli") as DefaultTheme.NavItemWithLink,
    ],
    sidebar,
    outline: [2, 3],
    // An index on the page itself: nothing is asked of another server.
    search: { provider: "local" },
  },
});
