import { AssayError, ContractRevertError, turnAt } from "@assay/sdk";
import { createSemaphore } from "@assay/sdk/concurrency";
import { readGasReserve } from "../../account/gasReserve.ts";
import { reported } from "../../kernel/report.ts";
import type { OfferRecord } from "../../store/offerStore.ts";
import { timesOf } from "../worker/reservedJobs.ts";
import { awardedJob, partOf } from "./awards.ts";
import type { BidderContext } from "./context.ts";

/** A turn with a bond in it is looked at so often, in milliseconds: the bond comes back only in the turn. */
const IN_TURN_MS = 1_000;
/** The selector registers the award; so long after the job was seen its winner does, in milliseconds. */
const REGISTER_MS = 5_000;
/** Who has not won looks so often whether the award was registered after that, in milliseconds. */
const LATE_MS = 5_000;

/** What stands behind this node's bids. */
export interface Bonds {
  /**
   * Makes a bid that needs a bond, once the bond is there. One at a time: two bids do not count on the same money.
   *
   * @returns `false`, without having called `bid`, if it would be more than the policy allows, or the account has too little.
   */
  behind(known: OfferRecord, bid: () => Promise<void>, signal: AbortSignal): Promise<boolean>;
  /**
   * Follows an award that asks for a bond, from when its job is posted.
   *
   * @returns milliseconds until it is worth another look; `undefined` if only news are.
   */
  step(known: OfferRecord, signal: AbortSignal): Promise<number | undefined>;
}

export function createBonds(context: BidderContext): Bonds {
  const { chainTime, offers, policy, report, store } = context;
  const alone = createSemaphore(1);
  /** When the job of an award was first seen, by the offer. */
  const seenAt = new Map<string, number>();

  const isWinner = ({ award }: OfferRecord) =>
    award !== undefined && partOf(award, context) === "winner";

  /** Bonds that this node's bids may need: those of bids that wait for an award, and those that it won. */
  function exposed(): OfferRecord[] {
    const won = store.offers("awarded").filter(isWinner);
    return [...store.offers("bid"), ...won].filter(({ offer }) => offer.bidBond > 0n);
  }

  const sumOf = (records: readonly OfferRecord[]) =>
    records.reduce((sum, { offer }) => sum + offer.bidBond, 0n);

  /** Whether it is there, or could be added. */
  async function cover({ offer }: OfferRecord, signal: AbortSignal): Promise<boolean> {
    const others = exposed();
    if (sumOf(others) + offer.bidBond > policy.maxBidBondsWei) return false;
    // What is registered is held already, or came back.
    const needed =
      sumOf(others.filter(({ registeredAt }) => registeredAt === undefined)) + offer.bidBond;
    const missing = needed - (await offers.getBond(signal));
    if (missing <= 0n) return true;
    const { availableWei, neededWei } = await readGasReserve(context, { defenceGas: 0n, signal });
    if (availableWei - neededWei < missing) return false;
    await reported(context, "addBond", offers.addBond(missing, signal));
    return true;
  }

  /** The selector may be gone: then the winner starts its turn, since nobody can claim before. */
  async function register(known: OfferRecord, signal: AbortSignal): Promise<number> {
    const now = performance.now();
    const seen = seenAt.get(known.digest) ?? now;
    seenAt.set(known.digest, seen);
    if (now - seen < REGISTER_MS) return IN_TURN_MS;
    if (!isWinner(known)) return LATE_MS;
    try {
      await reported(context, "registerAward", offers.registerAward({ known, signal }));
    } catch (error) {
      if (!(error instanceof ContractRevertError)) throw error;
      report("offer not followed yet", { offer: known.digest, error: error.shortMessage });
    }
    return IN_TURN_MS;
  }

  return {
    behind: (known, bid, signal) =>
      alone.run(async () => {
        if (!(await cover(known, signal))) return false;
        await bid();
        return true;
      }, signal),
    async step(known, signal) {
      const { digest, award } = known;
      if (award === undefined) throw new TypeError("an award is missing");
      const { terms, jobId } = awardedJob(known, award);
      if (store.job(jobId) === undefined) return undefined;
      const registration = await offers.getRegistration({ known, signal });
      // A block that is taken back takes the second along.
      if (known.registeredAt !== registration?.since) {
        store.noteRegistration(digest, registration?.since);
      }
      if (registration === undefined) return await register(known, signal);
      const times = timesOf({ ...known, registeredAt: registration.since });
      const isHeld = isWinner(known) && registration.bond > 0n;
      if (!isHeld || times === undefined || turnAt(times, chainTime()) !== "winner") {
        return undefined; // from here on it is claimed as any job is
      }
      if (await offers.isClaimable({ terms, signal })) return IN_TURN_MS;
      const returned = offers.returnBond({ known, signal });
      await reported(context, "returnBond", returned).catch((error: unknown) => {
        // It may be claimable again by now, or somebody else has returned it.
        if (!(error instanceof AssayError)) throw error;
        report("offer not followed yet", { offer: digest, error: error.shortMessage });
      });
      return IN_TURN_MS;
    },
  };
}
