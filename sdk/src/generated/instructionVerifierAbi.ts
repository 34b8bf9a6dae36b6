// Made from contracts/proof/InstructionVerifier.sol by ignition/generate.ts: change that, then run `node ignition/generate.ts`.
export const instructionVerifierAbi = [
  {"inputs":[],"name":"Step_NoSuchInstruction","type":"error"},
  {"inputs":[],"name":"Step_NotRunning","type":"error"},
  {"inputs":[],"name":"Step_OutsideTree","type":"error"},
  {"inputs":[],"name":"Step_WitnessTooLong","type":"error"},
  {"inputs":[],"name":"Step_WitnessTooShort","type":"error"},
  {"inputs":[],"name":"Step_WrongLeaf","type":"error"},
  {"inputs":[{"components":[{"name":"codeRoot","type":"bytes32"},{"name":"codeDepth","type":"uint256"},{"name":"memoryRoot","type":"bytes32"},{"name":"globalsRoot","type":"bytes32"},{"name":"globalsDepth","type":"uint256"},{"name":"tableRoot","type":"bytes32"},{"name":"tableDepth","type":"uint256"},{"name":"dataRoot","type":"bytes32"},{"name":"dataDepth","type":"uint256"},{"name":"entries","type":"uint256"},{"name":"pages","type":"uint256"},{"name":"stepsPerFuel","type":"uint256"},{"name":"slack","type":"uint256"}],"name":"machine","type":"tuple"},{"components":[{"name":"maxFuel","type":"uint256"},{"name":"maxResultBytes","type":"uint256"},{"name":"inputPrefix","type":"bytes4"},{"name":"inputDigest","type":"bytes32"},{"name":"inputLength","type":"uint256"}],"name":"","type":"tuple"},{"components":[{"name":"header","type":"uint256"},{"name":"stackRoot","type":"bytes32"},{"name":"memoryRoot","type":"bytes32"},{"name":"globalsRoot","type":"bytes32"},{"name":"own","type":"bytes32"}],"name":"state","type":"tuple"},{"name":"witness","type":"bytes"}],"name":"next","outputs":[{"name":"","type":"bytes32"}],"stateMutability":"pure","type":"function"},
] as const;
