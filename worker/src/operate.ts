/** For programs that look after a node from outside: its control socket, its data folder and the chain that it follows. */

export { type ConnectedChain, connectChain } from "./chain/connectChain.ts";
export { prepareDataDir } from "./node/dataDir.ts";
export { askIfRunning, askNode, type ControlStatus, isNodeRunning } from "./observe/control.ts";
export { NodeControlError } from "./observe/errors.ts";
export type { Found, Pinged } from "./observe/lookups.ts";
export { backUpStore } from "./store/backUp.ts";
export { readStatus, type StoreStatus } from "./store/status.ts";
