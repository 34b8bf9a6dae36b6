/** Removes path, query and user name from a URL: in an RPC endpoint's URL they often are the API key. */
export function redactUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.host === "") return text.replace(/[/?@].*$/, "/…");
  const isBare =
    url.pathname === "/" && url.search === "" && url.username === "" && url.password === "";
  return `${url.protocol}//${url.host}${isBare ? "" : "/…"}`;
}
