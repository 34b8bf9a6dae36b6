/** CPU time that a message takes of a peer, in milliseconds. */
export interface Costs {
  /** To write, sign and publish a message, without sending it. */
  publish: number;
  /** To receive a message for the first time, check and take it. */
  first: number;
  /** To receive it once more. */
  duplicate: number;
  /** To send it to one neighbour. */
  send: number;
  /** To tell of an id, or to be told of one. */
  id: number;
}

/**
 * In the middle of what `measureCosts` found in several runs on a busy machine. docs/decisions/0017-what-the-simulator-says.md says how far apart
 * those were.
 */
export const RECORDED_COSTS: Costs = {
  publish: 0.1,
  first: 0.5,
  duplicate: 0.13,
  send: 0.13,
  id: 0.0006,
};
