export * from "./actions/bonds.ts";
export * from "./actions/cancelOffers.ts";
export * from "./actions/postOffer.ts";
export * from "./actions/relayCalls.ts";
export * from "./actions/resumeOffer.ts";
export * from "./actions/signOffer.ts";
export * from "./actions/takeOffer.ts";
export {
  type ClaimReservedCall,
  claimAwardedCall,
  fulfilCall,
  jobOfOffer,
  type TakeCall,
  type TakeOptions,
  takeCall,
} from "./calls.ts";
export * from "./offer.ts";
export { encodePermission, type OfferExtras } from "./permission.ts";
export * from "./typedData.ts";
