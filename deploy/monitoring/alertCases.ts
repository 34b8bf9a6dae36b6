/** When each alert comes, and when it does not: series as promtool's tests of rules take them, a value a minute; where a day goes by, every ten. */
export interface AlertCase {
  /** Values by series; of one node, whose labels are added. */
  fires: Record<string, string>;
  /** As near to it as can be, and no alert. */
  quiet: Record<string, string>;
  /** When to look, in minutes. */
  at: number;
  /** The alert's labels beside the node's. */
  labels?: Record<string, string>;
}

export const DAY = 24 * 60;
/** Cases of a day look every so many minutes, and have a value as often. */
export const DAILY_MINUTES = 10;
/** Two days of zeros, of ones, and of a counter that grows by one a minute. */
const ZEROS = "0x2900";
const ONES = "1x2900";
const GROWING = "0+1x2900";

export const alertCases: Record<string, AlertCase> = {
  "node is gone": { fires: { up: ZEROS }, quiet: { up: "0x7 1x10" }, at: 10 },
  "node is not ready": {
    fires: { assay_node_ready: ZEROS },
    quiet: { assay_node_ready: "0x15 1x10" },
    at: 20,
  },
  "nothing moves": {
    fires: { 'assay_node_stalled_seconds{area="work"}': "121x20" },
    quiet: { 'assay_node_stalled_seconds{area="work"}': "120x20" },
    at: 10,
    labels: { area: "work" },
  },
  "endpoint contradicts itself": {
    fires: { 'assay_chain_endpoint_troubles_total{endpoint="e", trouble="doubted"}': "0x5 1x10" },
    quiet: { 'assay_chain_endpoint_troubles_total{endpoint="e", trouble="behind"}': "0x5 1x10" },
    at: 10,
    labels: { endpoint: "e", trouble: "doubted" },
  },
  "chain is not followed": {
    fires: { assay_chain_followed: ZEROS },
    quiet: { assay_chain_followed: ONES },
    at: 10,
  },
  "head is stale": {
    fires: { assay_chain_head_timestamp_seconds: "0x30" },
    quiet: { assay_chain_head_timestamp_seconds: "0+60x30" },
    at: 20,
  },
  "a role has no stake": {
    fires: { 'assay_node_check{check="jurorStake"}': ZEROS },
    quiet: { 'assay_node_check{check="stake"}': ONES, 'assay_node_check{check="gas"}': ZEROS },
    at: 20,
    labels: { check: "jurorStake" },
  },
  "no arbiter is accepted": {
    fires: { 'assay_node_check{check="arbiter"}': ZEROS },
    quiet: { 'assay_node_check{check="arbiter"}': ONES },
    at: DAY + 10,
    labels: { check: "arbiter" },
  },
  "a move is due": {
    fires: { 'assay_node_check{check="dispute"}': ZEROS },
    quiet: { 'assay_node_check{check="dispute"}': ONES },
    at: 1,
    labels: { check: "dispute" },
  },
  "games are given up": {
    fires: { assay_disputes_games_given_up_total: "0x5 1x20" },
    quiet: { assay_disputes_games_given_up_total: ONES },
    at: 10,
  },
  "jobs are refused": {
    fires: { 'assay_jobs_refused_total{reason="token"}': GROWING },
    quiet: { 'assay_jobs_refused_total{reason="token"}': "0+1x19 19x2900" },
    at: DAY + 400,
    labels: { reason: "token" },
  },
  "no gas": {
    fires: { assay_account_balance_wei: "1599999x20", assay_chain_gas_price_wei: ONES },
    quiet: { assay_account_balance_wei: "1600000x20", assay_chain_gas_price_wei: ONES },
    at: 15,
  },
  "gas eats the pay": {
    fires: {
      'assay_chain_fees_wei_total{action="claim"}': "0+30x2900",
      'assay_chain_fees_wei_total{action="submit"}': "0+30x2900",
      assay_account_earned_wei_total: "0+100x2900",
    },
    quiet: {
      'assay_chain_fees_wei_total{action="claim"}': "0+30x2900",
      assay_account_earned_wei_total: "0+100x2900",
    },
    at: DAY + 60,
  },
  "stake is slashed": {
    fires: { assay_account_slashed_wei_total: "0x5 1000x10" },
    quiet: { assay_account_slashed_wei_total: "1000x20" },
    at: 10,
  },
  "batches are lost": {
    fires: { assay_batches_lost_total: "0x5 8x400" },
    quiet: { assay_batches_lost_total: "0x5 2x400" },
    at: 100,
  },
  "nothing is claimed": {
    fires: { assay_batches_claimed_total: ONES, 'assay_jobs_known{state="tried"}': ONES },
    quiet: { assay_batches_claimed_total: GROWING, 'assay_jobs_known{state="tried"}': ONES },
    at: 10 * 60,
  },
  "jobs wait": { fires: { assay_jobs_held: ONES }, quiet: { assay_jobs_held: ZEROS }, at: 70 },
  "disk is full": { fires: { assay_disk_full: ONES }, quiet: { assay_disk_full: ZEROS }, at: 20 },
  "no peers": {
    fires: { assay_p2p_connections: ZEROS },
    quiet: { assay_p2p_connections: ONES },
    at: 20,
  },
  "network has come apart": {
    fires: { assay_p2p_partition_suspected: ONES },
    quiet: { assay_p2p_partition_suspected: "1x4 0x20" },
    at: 10,
  },
  "nobody can reach the node": {
    fires: { 'assay_p2p_reach{state="unreachable"}': ONES },
    quiet: {
      'assay_p2p_reach{state="unreachable"}': ZEROS,
      'assay_p2p_reach{state="relayed"}': ONES,
    },
    at: 20,
    labels: { state: "unreachable" },
  },
  "results are not found": {
    fires: { assay_p2p_provides_failed_total: GROWING },
    quiet: { assay_p2p_provides_failed_total: "0x60 5x2900" },
    at: 180,
  },
  "clock is wrong": {
    fires: { assay_p2p_clock_ahead_seconds: "-2.5x20" },
    quiet: { assay_p2p_clock_ahead_seconds: "1.9x20" },
    at: 15,
  },
  "unexpected failures": {
    fires: {
      'assay_node_steps_failed_total{step="claim"}': GROWING,
    },
    quiet: { 'assay_node_steps_failed_total{step="claim"}': "0x60 5x2900" },
    at: 180,
    labels: { step: "claim" },
  },
  memory: {
    fires: { assay_process_memory_bytes: "610000000x40" },
    quiet: { assay_process_memory_bytes: "590000000x40" },
    at: 35,
  },
  "a verdict is not revealed": {
    fires: {
      assay_disputes_verdicts_committed_total: "2x2900",
      assay_disputes_verdicts_revealed_total: ONES,
    },
    quiet: {
      assay_disputes_verdicts_committed_total: ONES,
      assay_disputes_verdicts_revealed_total: ONES,
    },
    at: DAY + 10,
  },
};
