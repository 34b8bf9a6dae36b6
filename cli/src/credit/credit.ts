import { loadOptions } from "@assay/worker/config";
import { type Command, table, toJson } from "@assay/worker/process";
import { addressOf, readerOf, writerOf } from "../market/marketClient.ts";
import { confirmTransaction } from "../market/spend.ts";
import { creditShowOptions, creditWithdrawOptions } from "./creditOptions.ts";
import { readCredits, wordsOf } from "./readCredit.ts";

export const creditShowCommand: Command = {
  summary: "show what an account has earned and not withdrawn, in the native coin and in tokens",
  options: creditShowOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(creditShowOptions, argv, environment);
    const account = await addressOf(values, environment);
    const credits = await readCredits(await readerOf(values), { account, tokens: values.token });
    const rows = credits.map((credit) => ["credit", wordsOf(credit)] as const);
    const words = table([["account", account], ...rows]);
    stdout.write(`${values.json ? toJson({ account, credits }) : words}\n`);
    return 0;
  },
};

export const creditWithdrawCommand: Command = {
  summary: "send an account's credit, of the native coin and of the named tokens",
  options: creditWithdrawOptions,
  async run(argv, { environment, stdout, stderr, stdin }) {
    const { values } = loadOptions(creditWithdrawOptions, argv, environment);
    const { yes, json } = values;
    const client = await writerOf(values, environment);
    const account = client.wallet?.account.address;
    if (account === undefined) throw new TypeError("the client does not write");
    const to = values.to ?? account;
    const all = await readCredits(client, { account, tokens: values.token });
    const withdrawn: object[] = [];
    for (const credit of all.filter(({ amount }) => amount > 0n)) {
      const { token } = credit;
      const call = { functionName: "withdraw", args: [token, to], to };
      const spending = { what: "withdraw credit", amount: wordsOf(credit), ...call };
      if (!(await confirmTransaction(client, spending, { yes, stdin, stderr }))) return 1;
      const { amount, hash, gasUsed, feeWei } = await client.withdraw({ token, to });
      withdrawn.push({ token, amount, hash, gasUsed, feeWei });
      if (!json) stdout.write(`${wordsOf({ ...credit, amount })} went to ${to}. (${hash})\n`);
    }
    if (json) stdout.write(`${toJson({ account, to, withdrawn })}\n`);
    else if (withdrawn.length === 0) stdout.write("There is no credit to withdraw.\n");
    return 0;
  },
};
