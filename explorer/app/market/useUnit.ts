import { useEffect, useState } from "preact/hooks";
import { type Address, erc20Abi, zeroAddress } from "viem";
import { ETHER, type Unit } from "../format/amount.ts";
import { shortHash, shownLine } from "../format/text.ts";
import { useMarket } from "./market.ts";

/** The unit of a token: what it calls itself, with the end of its address, since names are free to choose. */
export function useUnit(token: Address | undefined): Unit {
  const { client } = useMarket();
  const [unit, setUnit] = useState(ETHER);
  useEffect(() => {
    if (token === undefined || token === zeroAddress) return setUnit(ETHER);
    let isOver = false;
    const contract = { address: token, abi: erc20Abi };
    Promise.all([
      client.public.readContract({ ...contract, functionName: "symbol" }),
      client.public.readContract({ ...contract, functionName: "decimals" }),
    ]).then(
      ([symbol, decimals]) =>
        isOver || setUnit({ symbol: `${shownLine(symbol, 12)} (${shortHash(token)})`, decimals }),
      () => isOver || setUnit({ symbol: `of ${shortHash(token)}`, decimals: 0 }),
    );
    return () => {
      isOver = true;
    };
  }, [client, token]);
  return unit;
}
