// Made from contracts/shared/interfaces/IArbiter.sol by ignition/generate.ts: change that, then run `node ignition/generate.ts`.
export const arbiterAbi = [
  {"inputs":[{"name":"requester","type":"address"},{"name":"worker","type":"address"}],"name":"canDecide","outputs":[{"name":"","type":"bool"}],"stateMutability":"view","type":"function"},
  {"inputs":[],"name":"fee","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
  {"inputs":[],"name":"maxRulingSeconds","outputs":[{"name":"","type":"uint256"}],"stateMutability":"view","type":"function"},
  {"inputs":[{"components":[{"name":"job","type":"bytes32"},{"name":"specHash","type":"bytes32"},{"name":"batch","type":"uint32"},{"name":"round","type":"uint32"},{"name":"number","type":"uint32"},{"name":"position","type":"uint32"},{"name":"ground","type":"uint8"},{"name":"requester","type":"address"},{"name":"worker","type":"address"},{"name":"challenger","type":"address"},{"name":"resultRoot","type":"bytes32"},{"name":"resultLeaf","type":"bytes32"},{"name":"answer","type":"bytes32"},{"name":"openedAt","type":"uint40"},{"name":"bond","type":"uint96"},{"name":"fee","type":"uint96"}],"name":"dispute","type":"tuple"}],"name":"open","outputs":[],"stateMutability":"payable","type":"function"},
  {"inputs":[{"name":"id","type":"bytes32"}],"name":"ruling","outputs":[{"name":"","type":"uint8"}],"stateMutability":"view","type":"function"},
] as const;
