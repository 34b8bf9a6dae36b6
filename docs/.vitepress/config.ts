import { type DefaultTheme, defineConfig } from "vitepress";
import { anchorOf } from "../site/anchors.ts";
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
      item("From the command line", "/buying"),
      item("Runners", "/runners"),
      item("From a script", "/sdk"),
      item("Money and disputes", "/money"),
      item("The market", "/market"),
      item("Programs by language", "/programs"),
    ],
  },
  {
    text: "Examples",
    items: [
      item("By level", "/examples/"),
      item("Fire detection", "/examples/fire-detection"),
      item("Federated learning", "/examples/federated-learning"),
      item("Inference", "/examples/inference"),
    ],
  },
  {
    text: "Run a node",
    items: [
      item("Operating a node", "/operating"),
      item("Containers and clusters", "/containers"),
      item("The explorer", "/explorer"),
      item("What the node does", "/worker"),
      item("Chains", "/chains"),
      item("The command line", "/cli"),
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
      item("The proof", "/proof"),
      item("The machine", "/machine"),
      item("The network", "/network"),
      item("The queue", "/queue"),
      item("Pipelines", "/pipelines"),
      decisions,
      item("Glossary", "/glossary"),
    ],
  },
  {
    text: "Reference",
    items: [
      item("Commands", "/reference/cli"),
      item("Errors", "/reference/errors"),
      item("API", "/reference/api/"),
    ],
  },
];

export default defineConfig({
  title: "Assay",
  description: "A compute marketplace settled on Ethereum and its L2s",
  lang: "en",
  outDir: "../out/docs",
  cacheDir: "../out/docs-cache",
  rewrites: {
    "decisions/README.md": "decisions/index.md",
    "examples/README.md": "examples/index.md",
    "reference/api/README.md": "reference/api/index.md",
    "reference/api/:path(.*)/README.md": "reference/api/:path/index.md",
  },
  // A page that names one that is not there does not build.
  ignoreDeadLinks: false,
  lastUpdated: false,
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    languageAlias: { wat: "wasm" },
    anchor: { slugify: anchorOf },
    config: (markdown) => void markdown.use(linksOfTheSite),
  },
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
