/** A URL without what may be a secret: its user, password, path and query. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "a malformed URL" : `${parsed.protocol}//${parsed.host}`;
}

/** Words of a library, which may repeat the URL that it was given. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/\bhttps?:\/\/[^\s"')]+/gi, (url) => shownUrl(url));
}
