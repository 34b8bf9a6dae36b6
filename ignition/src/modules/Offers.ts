import { buildModule } from "@nomicfoundation/ignition-core";
import marketplaceModule from "./Marketplace.ts";

/** `Offers` of a Marketplace: it has no parameters. */
export default buildModule("Offers", (m) => {
  const { marketplace } = m.useModule(marketplaceModule);
  return { marketplace, offers: m.contract("Offers", [marketplace]) };
});
