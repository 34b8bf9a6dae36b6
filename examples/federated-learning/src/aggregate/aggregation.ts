/** A client's update of one round. */
export interface ClientUpdate {
  /** 32 bits; no two clients have the same. */
  client: number;
  /** Change of the model's parameters. All updates of a round are of one type. */
  values: Float32Array | Float64Array;
  /** Number of training examples; only the weighted mean uses it. Default: 1. */
  weight?: number;
}

/** An aggregation's verdict on one client. */
export interface ClientReport {
  client: number;
  /** `counted`: the rule makes no choice among whole updates. `not-finite`: left out because of NaN or an infinity. */
  verdict: "counted" | "selected" | "not-selected" | "not-finite";
  /** Krum's score if the rule has one, else 0. At most the largest float. */
  score: number;
  /** Euclidean distance of its update from the aggregate, at most the largest float; 0 if it was left out. */
  distance: number;
}

export interface Aggregation {
  /** The aggregate; with the rule `rows` every prepared update, by client id. */
  rows: Float64Array[];
  /** By client id. */
  clients: ClientReport[];
  /** Steps that an iterative rule took; 0 for other rules. */
  iterations: number;
}
