const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  woff2: "font/woff2",
  json: "application/json",
};

/** The media type of a file of the site. */
export function typeOf(name: string): string {
  return TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}

/**
 * What every answer says: nothing is fetched but from here and from `connect`, nobody frames it, and no string becomes code. Programs of
 * jobs are WebAssembly without imports, hence `wasm-unsafe-eval`.
 */
export function securityHeaders(connect: readonly string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' blob:",
    `connect-src ${["'self'", ...connect].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types assay-run",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin-allow-popups",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
}

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Whether a request may be answered. One that listens on loopback alone answers to loopback's names alone, or a site could have its own
 * name point here and read as if it were ours (DNS rebinding).
 */
export function isOurHost(host: string | undefined, listenHost: string): boolean {
  const isLoopback = ["127.0.0.1", "localhost", "::1"].includes(listenHost);
  if (!isLoopback) return true;
  return LOOPBACK.includes((host ?? "").replace(/:\d+$/, ""));
}
