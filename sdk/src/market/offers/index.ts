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
export { PERMIT2, permit2TypedData } from "./permit2.ts";
export { awardTypedData, bidTypedData, offerTypedData } from "./typedData.ts";
