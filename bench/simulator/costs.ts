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

/** The median of what `measureCosts` found in several runs; docs/decisions/0017-what-the-simulator-says.md says where and how far apart. */
export const RECORDED_COSTS: Costs = {
  publish: 0.1,
  first: 0.5,
  duplicate: 0.13,
  send: 0.13,
  id: 0.0006,
};
