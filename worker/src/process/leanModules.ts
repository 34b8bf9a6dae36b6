import { registerHooks } from "node:module";

const LEFT_OUT = new URL("./leftOut.ts", import.meta.url).href;

/**
 * Keeps what Helia imports for its defaults (HTTP gateways, delegated routing, AutoTLS, WebRTC, UPnP) out of this process: a node
 * brings a libp2p host of its own, and these 1,300 modules, which it never calls, would take 70 MB.
 */
export function leaveOutHeliaDefaults(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const isLeftOut =
        specifier === "@helia/http" ||
        (specifier === "./utils/libp2p-defaults.js" &&
          context.parentURL?.includes("/@helia/libp2p/"));
      return isLeftOut ? { url: LEFT_OUT, shortCircuit: true } : next(specifier, context);
    },
  });
}
