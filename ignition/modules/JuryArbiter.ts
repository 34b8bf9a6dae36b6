import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * A `JuryArbiter` with its own source of randomness, the hash of a block that comes `delayBlocks` after it is asked for.
 * `ignition/parameters/<network>.json` has the parameters for each chain; their units and bounds stand in
 * `contracts/types/Jury.sol`.
 */
export default buildModule("JuryArbiter", (m) => {
  const randomness = m.contract("BlockRandomness", [m.getParameter<bigint>("delayBlocks")]);
  const jury = m.contract("JuryArbiter", [
    {
      randomness,
      ticketWei: m.getParameter<bigint>("ticketWei"),
      seatFeeWei: m.getParameter<bigint>("seatFeeWei"),
      jurySize: m.getParameter<number>("jurySize"),
      noShowSlashBps: m.getParameter<number>("noShowSlashBps"),
      minoritySlashBps: m.getParameter<number>("minoritySlashBps"),
      epochSeconds: m.getParameter<number>("epochSeconds"),
      commitSeconds: m.getParameter<number>("commitSeconds"),
      revealSeconds: m.getParameter<number>("revealSeconds"),
      appealSeconds: m.getParameter<number>("appealSeconds"),
      unbondingSeconds: m.getParameter<number>("unbondingSeconds"),
    },
  ]);
  return { jury, randomness };
});
