import { readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { createPublicClient, createTestClient, createWalletClient, http, bytesToHex, toHex, type Hex } from "viem";
import { foundry } from "viem/chains";
import { privateKeyToAccount } from "viem/accounts";
import { compileProgram } from "./sdk/src/compile/index.ts";
import { memoryContent } from "./sdk/src/protocol/content/memoryContent.ts";
import { putBytes } from "./sdk/src/protocol/content/putBytes.ts";
import { machineOf } from "./sdk/src/program/machine/machine.ts";
import { createExecution, endOf } from "./sdk/src/program/machine/task/execution.ts";
import { machineTask } from "./sdk/src/program/machine/task/task.ts";
import { headerWord } from "./sdk/src/program/machine/state.ts";
const { abi, bytecode } = JSON.parse(readFileSync("/tmp/StepVerifier.json","utf8"));
const anvil = spawn("anvil", ["--port","18777","--gas-limit","3000000000","--silent"], {stdio:"inherit"});
process.on("exit",()=>anvil.kill());
const pub = createPublicClient({chain:foundry, transport:http("http://127.0.0.1:18777")});
for(;;){ try{ await pub.getBlockNumber(); break;}catch{ await new Promise(r=>setTimeout(r,200)); } }
const account = privateKeyToAccount("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");
const wallet = createWalletClient({account, chain:foundry, transport:http("http://127.0.0.1:18777")});
const hash = await wallet.deployContract({abi, bytecode});
const { contractAddress: address } = await pub.waitForTransactionReceipt({hash});
const source = `
  let calls = 0;
  export function main(input: Uint8Array): Uint8Array {
    calls += 1;
    if (input.length == 0) return input;
    switch (input[0]) {
      case 0: return input;
      case 1: throw new Error("no");
      case 2: while (true) calls += 1;
      case 3: return new Uint8Array(0);
      case 4: return new Uint8Array(2000);
      case 5: {
        const result = new Uint8Array(8);
        let sum: f64 = 0;
        for (let i = 1; i < 20; i++) sum += Math.sqrt(<f64>i) / 3.0;
        store<f64>(result.dataStart, sum);
        return result;
      }
    }
    return new Uint8Array(<i32>load<u32>(input.dataStart + 4));
  }`;
const wasm = await compileProgram({ source, memoryPages: 256 });
const machine = machineOf(wasm);
const words = machine.words.map(w=>bytesToHex(w));
const fields = ["codeRoot","codeDepth","memoryRoot","globalsRoot","globalsDepth","tableRoot","tableDepth","dataRoot","dataDepth","entries","pages","stepsPerFuel","slack"];
const numeric = new Set(["codeDepth","globalsDepth","tableDepth","dataDepth","entries","pages","stepsPerFuel","slack"]);
const m = Object.fromEntries(fields.map((f,i)=>[f, numeric.has(f)?BigInt(words[i]):words[i]]));
console.log("root", machine.root === await pub.readContract({address:address!, abi, functionName:"machineRoot", args:[m]}));
const filled = (length: number, first: number) => { const b = Uint8Array.from({length}, (_,i)=>(i*7)%256); if (length) b[0]=first; return b; };
let max: Record<string, number> = {}; let bad=0;
for (const [input, every, maxResult] of [[filled(1500,5),1,1<<20],[filled(10,1),1,1<<20],[filled(0,0),1,1<<20],[filled(5000,0),1,1<<20],[filled(10,4),7,1999],[filled((3<<20)+1500,0),97,8<<20]] as const) {
  const cid = await putBytes(memoryContent(), input);
  const task = machineTask({machine, maxSteps: 10_000_000n, maxResultBytes: maxResult, input:{cid, bytes: input}});
  const t = { maxFuel: task.maxFuel, maxResultBytes: BigInt(maxResult), inputPrefix: toHex(task.input.prefix,{size:4}), inputDigest: bytesToHex(task.input.digest), inputLength: BigInt(input.length) };
  const e = createExecution(task); let checked=0; let n=0;
  while (e.ending === undefined) {
    n++;
    const p = e.prove();
    if (n % every !== 0 && e.ending === undefined && !(p.header.phase>=8 && n % 53===0) ) continue;
    checked++;
    const state = { header: headerWord(p.header), stackRoot: bytesToHex(p.roots.stack), memoryRoot: bytesToHex(p.roots.memory), globalsRoot: bytesToHex(p.roots.globals), own: bytesToHex(p.own) };
    const args = [m, t, state, bytesToHex(p.witness)];
    try {
      const next = await pub.readContract({address:address!, abi, functionName:"next", args});
      if (next !== bytesToHex(p.after)) { bad++; if (bad<10) console.log("MISMATCH", n, p.header); }
      if (checked % 5 === 0 || p.header.phase >= 8) { const gas = Number(await pub.estimateContractGas({address:address!, abi, functionName:"next", args, account})); const key="phase"+p.header.phase+(p.header.phase>=8?`/${Math.round(p.witness.length/100)*100}`:""); max[key]=Math.max(max[key]??0, gas); }
    } catch (error) { bad++; if (bad<10) console.log("REVERT", n, p.header, String((error as any).shortMessage ?? error).slice(0,300), (error as any).cause?.data?.errorName); }
  }
  console.log("steps", n, "checked", checked, "bad", bad, e.ending?.outcome);
}
console.log(max);
process.exit(0);
