/** The URL without its path, query and user name: those of an RPC endpoint are often its API key. */
export function redactUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.host === "") return text.replace(/[/?@].*$/, "/…");
  const isBare =
    url.pathname === "/" && url.search === "" && url.username === "" && url.password === "";
  return `${url.protocol}//${url.host}${isBare ? "" : "/…"}`;
}
