/** An honest node, as `assay worker start` runs it. */
import { startCommand } from "@assay/worker/process";
import { runForkedNode } from "./forkedNode.ts";

runForkedNode(startCommand);
