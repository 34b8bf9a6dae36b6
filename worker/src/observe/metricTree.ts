import { counter, gauge, histogram } from "./descriptors.ts";

/** Seconds, from a tiny task to a large batch. */
const TASK_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];
const BATCH_SECONDS = [1, 5, 10, 30, 60, 300, 900, 3_600, 14_400];

/** Every metric of a node; docs/METRICS.md explains them. Money is wei, time seconds. */
export const metricTree = {
  node: {
    info: gauge("assay_node_info", "Always 1; the labels say which node it is", [
      "version",
      "roles",
      "peer_id",
    ]),
    ready: gauge("assay_node_ready", "1 when /ready says yes"),
    draining: gauge(
      "assay_node_draining",
      "1 when nothing new is claimed and the rest is finished",
    ),
    check: gauge("assay_node_check", "1 when that part of /ready is as it should be", ["check"]),
    stalled: gauge(
      "assay_node_stalled_seconds",
      "How long nothing has moved there; missing where it does",
      ["area"],
    ),
    stepsFailed: counter("assay_node_steps_failed_total", "Steps that failed unexpectedly", [
      "step",
    ]),
  },
  chain: {
    followed: gauge(
      "assay_chain_followed",
      "1 when the chain's RPC answers and was caught up with",
    ),
    headBlock: gauge("assay_chain_head_block", "Number of the latest block that was seen"),
    headTimestamp: gauge("assay_chain_head_timestamp_seconds", "Unix time of that block"),
    readBlock: gauge("assay_chain_read_block", "Number of the last block whose events were read"),
    outages: counter("assay_chain_outages_total", "Times that the chain could not be read"),
    transactions: counter("assay_chain_transactions_total", "Own transactions mined", ["action"]),
    gas: counter("assay_chain_gas_total", "Gas that they used", ["action"]),
    fees: counter("assay_chain_fees_wei_total", "What that cost", ["action"]),
    gasPrice: gauge("assay_chain_gas_price_wei", "Price of a unit of gas"),
    gasShort: counter("assay_chain_gas_short_total", "Times that the balance ran short of gas"),
    mended: counter(
      "assay_chain_transactions_mended_total",
      "Own transactions that had to be replaced, sent again or given up",
      ["how"],
    ),
    reorganisations: counter(
      "assay_chain_reorganisations_total",
      "Times that read blocks were replaced",
    ),
    replacedBlocks: counter("assay_chain_replaced_blocks_total", "Read blocks that were replaced"),
    missingLogs: counter(
      "assay_chain_missing_logs_total",
      "Blocks whose logs an endpoint left out",
    ),
    unchecked: counter(
      "assay_chain_unchecked_blocks_total",
      "Blocks of which the endpoint's logs had to be believed",
    ),
    endpointOk: gauge(
      "assay_chain_endpoint_ok",
      "0 while an endpoint that was in trouble is not asked, or lags",
      ["endpoint"],
    ),
    endpointTroubles: counter("assay_chain_endpoint_troubles_total", "Troubles of RPC endpoints", [
      "endpoint",
      "trouble",
    ]),
  },
  account: {
    balance: gauge("assay_account_balance_wei", "What the account has to pay for gas"),
    stake: gauge("assay_account_stake_wei", "Its stake, locked parts included"),
    locked: gauge("assay_account_locked_wei", "The part of the stake that is locked by batches"),
    credit: gauge("assay_account_credit_wei", "What it may withdraw, in the native coin"),
    earned: counter(
      "assay_account_earned_wei_total",
      "Rewards of batches that were settled, tokens by their prices",
    ),
    slashed: counter("assay_account_slashed_wei_total", "Stake lost because results were wrong"),
    withdrawn: counter(
      "assay_account_withdrawn_wei_total",
      "Credit that was withdrawn, tokens by their prices",
    ),
  },
  jobs: {
    known: gauge("assay_jobs_known", "Jobs in the database by state", ["state"]),
    discovered: counter("assay_jobs_discovered_total", "Jobs that were read from the chain"),
    ready: counter("assay_jobs_ready_total", "Jobs found fit to be worked on"),
    refused: counter(
      "assay_jobs_refused_total",
      "Jobs found unfit, by policy or for what they are",
      ["reason"],
    ),
    trial: histogram("assay_jobs_trial_seconds", "Time of the task that was tried", TASK_SECONDS),
    delayed: counter(
      "assay_jobs_delayed_total",
      "Times that a job could not be looked into or worked on, and is tried again later",
    ),
    held: gauge("assay_jobs_held", "Jobs that are fit and not claimed from for the moment"),
    stakeShort: counter("assay_jobs_stake_short_total", "Times that the free stake ran out"),
  },
  batches: {
    known: gauge("assay_batches_known", "Batches in the database by state", ["state"]),
    claimed: counter("assay_batches_claimed_total", "Batches that were claimed"),
    taken: counter("assay_batches_taken_total", "Batches that another worker claimed first"),
    submitted: counter("assay_batches_submitted_total", "Batches that were submitted"),
    lost: counter("assay_batches_lost_total", "Claimed batches that came to nothing"),
    expired: counter(
      "assay_batches_claims_expired_total",
      "Overdue claims of others that were ended",
    ),
    settled: counter("assay_batches_settled_total", "Batches that were settled and paid"),
    turnaround: histogram(
      "assay_batches_turnaround_seconds",
      "From a batch's claim to its submission",
      BATCH_SECONDS,
    ),
  },
  tasks: {
    computed: counter("assay_tasks_computed_total", "Tasks of claimed batches that were computed"),
    processes: gauge("assay_tasks_processes", "Executor processes, and so tasks at a time"),
  },
  disputes: {
    audited: counter("assay_disputes_audited_total", "Batches of others found right"),
    wrong: counter("assay_disputes_wrong_total", "Wrong results of others that were found"),
    challenged: counter("assay_disputes_challenged_total", "Challenges that were made"),
    dropped: counter("assay_disputes_dropped_total", "Challenges that came to nothing"),
    reclaimed: counter(
      "assay_disputes_preparations_reclaimed_total",
      "Preparations that came back, as somebody else asked first",
    ),
    withheld: counter(
      "assay_disputes_withheld_total",
      "Manifests and results of others that were looked for in vain",
    ),
    demanded: counter("assay_disputes_leaves_demanded_total", "Leaves that were demanded"),
    forfeited: counter("assay_disputes_forfeited_total", "Demands that were not answered"),
    putOff: counter("assay_disputes_put_off_total", "Challenges and demands that had to wait"),
    budgetSpent: counter("assay_disputes_budget_spent_total", "Times that audits had to wait"),
    appealed: counter("assay_disputes_appealed_total", "Rulings that were appealed"),
    resolved: counter("assay_disputes_resolved_total", "Own disputes that were resolved"),
    games: gauge("assay_disputes_games", "Disputes before proof arbiters by stage", ["stage"]),
    clock: gauge(
      "assay_disputes_clock_seconds",
      "Least time that is left on an own clock which runs; missing where none does",
    ),
    moves: counter("assay_disputes_moves_total", "Own moves before proof arbiters", ["move"]),
    movesPutOff: counter(
      "assay_disputes_moves_put_off_total",
      "Times that a move that was due could not be made",
    ),
    givenUp: counter("assay_disputes_games_given_up_total", "Games that were played no further"),
    revealed: counter("assay_disputes_leaves_revealed_total", "Leaves shown on demand"),
    committed: counter("assay_disputes_verdicts_committed_total", "Verdicts committed as a juror"),
    verdicts: counter("assay_disputes_verdicts_revealed_total", "Verdicts revealed as a juror"),
    verdictsLost: counter(
      "assay_disputes_verdicts_not_revealed_total",
      "Verdicts committed as a juror and not revealed",
    ),
  },
  p2p: {
    connections: gauge("assay_p2p_connections", "Open connections to peers"),
    reach: gauge("assay_p2p_reach", "1 at how others can open a connection to the node", ["state"]),
    relays: gauge("assay_p2p_relays", "Relays through which others can reach the node"),
    mesh: gauge("assay_p2p_mesh_peers", "Neighbours to which gossip is sent at once"),
    present: gauge("assay_p2p_present_nodes", "Nodes that said lately that they are there"),
    parted: gauge("assay_p2p_partition_suspected", "1 while many peers were lost at once"),
    suspected: gauge("assay_p2p_suspected_peers", "Peers that share a job and are silent"),
    bans: gauge("assay_p2p_banned", "Peers and accounts that are banned now"),
    banned: counter("assay_p2p_bans_total", "Bans", ["reason"]),
    messages: counter("assay_p2p_messages_total", "Gossip messages heard", ["verdict"]),
    clockAhead: gauge(
      "assay_p2p_clock_ahead_seconds",
      "How far the clock is ahead of other nodes'; missing with fewer than three of them",
    ),
    announcements: gauge("assay_p2p_announcements", "Fetched contents, by who announces them", [
      "state",
    ]),
    providesFailed: counter(
      "assay_p2p_provides_failed_total",
      "Times that the DHT could not be told of results",
    ),
  },
  disk: {
    blocks: gauge("assay_disk_blocks_bytes", "What the blocks take"),
    quota: gauge("assay_disk_quota_bytes", "What they may take; missing without a quota"),
    free: gauge("assay_disk_free_bytes", "What the file system has left"),
    full: gauge("assay_disk_full", "1 when nothing is claimed for want of room"),
    evicted: counter("assay_disk_evicted_bytes_total", "Bytes of blocks that made room"),
  },
  process: {
    memory: gauge("assay_process_memory_bytes", "Resident memory of the node, executors apart"),
    cpu: counter("assay_process_cpu_seconds_total", "Processor time of the node, executors apart"),
    started: gauge("assay_process_start_timestamp_seconds", "Unix time of the node's start"),
  },
};
