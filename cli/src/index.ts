export { type Assay, type AssayOptions, createAssay } from "./assay/createAssay.ts";
export { AssaySetupError } from "./assay/errors.ts";
export { type FundOfferParameters, fundOffer } from "./offers/fundOffer.ts";
export {
  type OfferParts,
  type OpenedOffer,
  type OpenOfferParameters,
  openOffer,
  readBidders,
} from "./offers/openOffer.ts";
