/** What one client sends for one round. */
export interface ClientUpdate {
  /** 32 bits, each client's own. */
  client: number;
  /** Change of the model's parameters. All updates of a round are of one type. */
  values: Float32Array | Float64Array;
  /** Examples behind it; the weighted mean alone looks at it. Default: 1. */
  weight?: number;
}

/** What an aggregation says of one client, apart from the aggregate. */
export interface ClientReport {
  client: number;
  /** `counted`: the rule makes no choice among whole updates. `not-finite`: left out because of NaN or an infinity. */
  verdict: "counted" | "selected" | "not-selected" | "not-finite";
  /** Krum's score, where the rule has one; else 0. The largest float where it is beyond. */
  score: number;
  /** Distance of its update from the aggregate, the largest float where it is beyond; 0 if it was left out. */
  distance: number;
}

export interface Aggregation {
  /** The aggregate; with the rule `rows` every prepared update, by client id. */
  rows: Float64Array[];
  /** By client id. */
  clients: ClientReport[];
  /** Steps that an iteration took; else 0. */
  iterations: number;
}
