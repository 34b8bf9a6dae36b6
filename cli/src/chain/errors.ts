import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** What lies on a chain is not what Assay deploys. The message names the check that fails. */
export class DeploymentMismatchError extends AssayError {
  readonly code = "DEPLOYMENT_MISMATCH";
  readonly retryable = false;

  constructor(message: string, options?: AssayErrorOptions) {
    super(message, options);
  }
}

/** A deployment came to no end. Run again it goes on where it stopped. */
export class DeployFailedError extends AssayError {
  readonly code = "DEPLOY_FAILED";
  readonly retryable = true;

  constructor(message: string, options?: AssayErrorOptions) {
    super(message, options);
  }
}

/** A service that verifies sources did not. */
export class SourceNotVerifiedError extends AssayError {
  readonly code = "SOURCE_NOT_VERIFIED";
  readonly retryable = true;

  constructor(service: string, what: string, options?: AssayErrorOptions) {
    super(`${service} did not verify the source: ${what}.`, options);
  }
}
