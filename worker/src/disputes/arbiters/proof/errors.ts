import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** The chain's endpoint gives a game's state, and not the moves that led to it. */
export class MovesBehindError extends AssayError {
  readonly code = "MOVES_BEHIND";
  readonly retryable = true;

  constructor(options?: AssayErrorOptions) {
    super(
      "The RPC endpoint does not give all moves of a dispute: it is asked again. Name another one by --rpc if that goes on.",
      options,
    );
  }
}

/** The chain has a state as agreed that this node never agreed to. */
export class StrangeGameError extends AssayError {
  readonly code = "GAME_STRANGE";
  readonly retryable = true;

  constructor() {
    super(
      "A dispute's agreed state is not one that this node finds: check the RPC endpoint, and that the account is played by this node alone.",
    );
  }
}
