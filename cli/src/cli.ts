import { type CommandContext, startCommand } from "@assay/worker/process";
import { capabilitiesCommand } from "./capabilities/capabilities.ts";
import { chainDeployCommand } from "./chain/deploy.ts";
import { chainInfoCommand } from "./chain/info.ts";
import { chainListCommand } from "./chain/list.ts";
import { chainVerifyCommand } from "./chain/verify.ts";
import { runParser } from "./commandLine/parser.ts";
import type { Aliases, CommandTree } from "./commandLine/tree.ts";
import { createCompletionCommand } from "./completion/completion.ts";
import { configCheckCommand } from "./config/check.ts";
import { configInitCommand } from "./config/init.ts";
import { configShowCommand } from "./config/show.ts";
import { creditShowCommand, creditWithdrawCommand } from "./credit/credit.ts";
import { devCommand } from "./dev/dev.ts";
import { disputeCommands } from "./dispute/dispute.ts";
import { explorerCommand } from "./explorer/explorer.ts";
import { jobCommands } from "./job/commands.ts";
import {
  keyAddressCommand,
  keyCreateCommand,
  keyExportCommand,
  keyImportCommand,
  keyListCommand,
} from "./key/key.ts";
import { netFindCommand, netPingCommand } from "./net/lookups.ts";
import { netPeersCommand, netRotateKeyCommand, netStatusCommand } from "./net/net.ts";
import { pipelineGraphCommand } from "./pipeline/graph.ts";
import { pipelinePlanCommand } from "./pipeline/plan.ts";
import { pipelineRunCommand } from "./pipeline/run.ts";
import { pipelineStatusCommand } from "./pipeline/status.ts";
import { programBenchCommand } from "./program/bench.ts";
import { programBuildCommand } from "./program/build.ts";
import { programInspectCommand } from "./program/inspect.ts";
import { programRunCommand } from "./program/run.ts";
import { relayCommand } from "./relay/relay.ts";
import { runnerServeCommand } from "./runner/serve.ts";
import { bondAddCommand, bondStatusCommand, bondWithdrawCommand } from "./stake/bond.ts";
import {
  stakeDepositCommand,
  stakeStatusCommand,
  stakeUnbondCommand,
  stakeWithdrawCommand,
} from "./stake/stake.ts";
import { backupCommand } from "./worker/backup.ts";
import { drainCommand } from "./worker/drain.ts";
import { statusCommand } from "./worker/status.ts";

/** Short forms of commands. */
export const aliases: Aliases = {
  peers: ["net", "peers"],
  status: ["worker", "status"],
  task: ["program", "run"],
};

export const commands: CommandTree = {
  dev: devCommand,
  explorer: explorerCommand,
  job: jobCommands,
  dispute: disputeCommands,
  worker: {
    start: startCommand,
    status: statusCommand,
    drain: drainCommand,
    backup: backupCommand,
  },
  stake: {
    status: stakeStatusCommand,
    deposit: stakeDepositCommand,
    unbond: stakeUnbondCommand,
    withdraw: stakeWithdrawCommand,
  },
  bond: { status: bondStatusCommand, add: bondAddCommand, withdraw: bondWithdrawCommand },
  credit: { show: creditShowCommand, withdraw: creditWithdrawCommand },
  net: {
    status: netStatusCommand,
    peers: netPeersCommand,
    ping: netPingCommand,
    find: netFindCommand,
    "rotate-key": netRotateKeyCommand,
  },
  key: {
    create: keyCreateCommand,
    import: keyImportCommand,
    list: keyListCommand,
    address: keyAddressCommand,
    export: keyExportCommand,
  },
  program: {
    build: programBuildCommand,
    inspect: programInspectCommand,
    run: programRunCommand,
    bench: programBenchCommand,
  },
  relay: relayCommand,
  runner: { serve: runnerServeCommand },
  pipeline: {
    plan: pipelinePlanCommand,
    run: pipelineRunCommand,
    status: pipelineStatusCommand,
    graph: pipelineGraphCommand,
  },
  config: { init: configInitCommand, show: configShowCommand, check: configCheckCommand },
  chain: {
    list: chainListCommand,
    info: chainInfoCommand,
    deploy: chainDeployCommand,
    verify: chainVerifyCommand,
  },
  capabilities: capabilitiesCommand,
  completion: createCompletionCommand(() => commands, aliases),
};

/**
 * Runs the command that `argv` names and resolves with the exit code.
 *
 * @throws UsageError when there is no such command, or it is called wrongly.
 */
export function runCli(
  argv: readonly string[],
  {
    env: environment,
    stdout,
    stderr = process.stderr,
    stdin,
  }: { env: NodeJS.ProcessEnv } & Pick<CommandContext, "stdout"> & Partial<CommandContext>,
): Promise<number> {
  const context = { environment, stdout, stderr, stdin };
  return runParser(commands, aliases, { argv, context });
}
