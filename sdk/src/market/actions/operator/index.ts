export {
  type CallForErrorType,
  type CallForParameters,
  type CallForReturnType,
  callFor,
} from "./callFor.ts";
export {
  type CallSignedErrorType,
  type CallSignedParameters,
  type CallSignedReturnType,
  callSigned,
} from "./callSigned.ts";
export {
  type SetRightsErrorType,
  type SetRightsParameters,
  type SetRightsReturnType,
  setRights,
} from "./setRights.ts";
export {
  type SignCallErrorType,
  type SignCallParameters,
  type SignCallReturnType,
  signCall,
} from "./signCall.ts";
export {
  type UseNoncesErrorType,
  type UseNoncesParameters,
  type UseNoncesReturnType,
  useNonces,
} from "./useNonces.ts";
