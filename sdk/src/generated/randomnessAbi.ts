// Made from contracts/randomness/interfaces/IRandomness.sol by ignition/generate.ts: change that, then run `node ignition/generate.ts`.
export const randomnessAbi = [
  {"inputs":[{"name":"id","type":"uint64"},{"name":"status","type":"uint8"}],"name":"Randomness_NotReady","type":"error"},
  {"inputs":[{"name":"id","type":"uint64"}],"name":"Randomness_WrongProof","type":"error"},
  {"inputs":[{"name":"id","type":"uint64"},{"name":"proof","type":"bytes"}],"name":"read","outputs":[{"name":"","type":"bytes32"}],"stateMutability":"view","type":"function"},
  {"inputs":[],"name":"request","outputs":[{"name":"id","type":"uint64"}],"stateMutability":"nonpayable","type":"function"},
  {"inputs":[{"name":"id","type":"uint64"}],"name":"status","outputs":[{"name":"","type":"uint8"}],"stateMutability":"view","type":"function"},
] as const;
