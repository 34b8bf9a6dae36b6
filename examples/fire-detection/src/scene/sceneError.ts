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

/** A scene without a band that the algorithm reads. */
export class MissingBandError extends AssayError {
  readonly code = "BAND_MISSING";
  readonly retryable = false;
  readonly band: string;

  constructor(scene: string, band: string) {
    super(`${scene} has no band ${band}: choose another --algorithm, or a scene that has it.`);
    this.band = band;
  }
}

/** A command line that cannot be followed. The message is one line that says what to type instead. */
export class UsageError extends AssayError {
  readonly code = "USAGE";
  readonly retryable = false;
}

/** Bytes that are not the detections of the tile they are said to belong to. */
export class MalformedDetectionsError extends AssayError {
  readonly code = "DETECTIONS_MALFORMED";
  readonly retryable = false;

  constructor(tile: number, details: string) {
    super(
      `The result of tile ${tile} is not a list of detections: its program or its worker is broken.`,
      {
        details,
      },
    );
  }
}

/** A job was finished before every tile had its result. */
export class TilesMissingError extends AssayError {
  readonly code = "TILES_MISSING";
  readonly retryable = true;
  readonly missing: readonly number[];

  constructor(missing: readonly number[], tileCount: number) {
    const named = missing.slice(0, 8).join(", ") + (missing.length > 8 ? ", …" : "");
    super(
      `${missing.length} of ${tileCount} tiles have no result (${named}): run the job again for these.`,
    );
    this.missing = missing;
  }
}

/** A task ended without a result; a detector never does that within its limits. */
export class TaskFailedError extends AssayError {
  readonly code = "TASK_FAILED";
  readonly retryable = false;

  constructor(position: number, outcome: string) {
    super(
      `Task ${position} ended with "${outcome}" instead of detections: the program is broken, or its limits are too low.`,
    );
  }
}

const WRITE_FAILURES: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EISDIR: "it is a folder",
  EEXIST: "it is a file",
  ENOTDIR: "a part of it is a file",
  EIO: "the disk fails",
};

/** The folder for the results, or a file in it, cannot be written. */
export class OutputFolderError extends AssayError {
  readonly code = "OUTPUT_FOLDER";
  readonly retryable = false;

  constructor(path: string, cause: unknown) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = (code && WRITE_FAILURES[code]) ?? code;
    super(
      `Nothing can be written to ${path}${reason === undefined ? "" : ` (${reason})`}: ${code === "ENOSPC" || code === "EDQUOT" ? "make room, or " : ""}choose another folder with --out.`,
      { cause },
    );
  }
}
