import { AssayError, type AssayErrorOptions } from "@assay/sdk";

export type SceneErrorCode =
  | "SCENE_NOT_FOUND"
  | "SCENE_IS_A_DIRECTORY"
  | "SCENE_UNREADABLE"
  | "SCENE_NOT_A_GEOTIFF"
  | "SCENE_TRUNCATED"
  | "SCENE_DAMAGED"
  | "SCENE_UNSUPPORTED"
  | "SCENE_TOO_LARGE"
  | "SCENE_UNKNOWN_CRS"
  | "SCENE_MIXED_SIZES"
  | "SCENE_EMPTY"
  | "SCENE_WRONG_SENSOR"
  | "SCENE_WRONG_LEVEL"
  | "SCENE_AT_NIGHT"
  | "METADATA_NEEDED"
  | "METADATA_NOT_FOUND"
  | "METADATA_MALFORMED"
  | "BAND_MISSING";

/** A file that cannot be read as a scene. */
export class SceneError extends AssayError {
  readonly code: SceneErrorCode;
  readonly retryable = false;

  constructor(code: SceneErrorCode, shortMessage: string, options?: AssayErrorOptions) {
    super(shortMessage, options);
    this.code = code;
  }
}
