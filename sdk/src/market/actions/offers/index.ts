export * from "./bonds.ts";
export * from "./cancelOffers.ts";
export * from "./postOffer.ts";
export * from "./relayCalls.ts";
export * from "./resumeOffer.ts";
export * from "./signOffer.ts";
export * from "./takeOffer.ts";
