// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IArbSys} from "../interfaces/IArbSys.sol";

/// @notice Hashes of past blocks, as far back as the chain knows them.
library BlockHashes {
    /// @dev EIP-2935: the last 8,191 hashes on Ethereum, the OP stack and Polygon, the last 393,168 on Arbitrum. Without it, 256.
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    /// @dev Only Arbitrum answers at this address.
    IArbSys private constant ARB_SYS = IArbSys(address(0x64));

    function onArbitrum() internal view returns (bool) {
        (bool success, bytes memory answer) = address(ARB_SYS).staticcall(
            abi.encodeCall(IArbSys.arbBlockNumber, ())
        );
        return success && answer.length == 32;
    }

    /// @dev The number of the block that is being made.
    function current(bool arbitrum) internal view returns (uint256) {
        return arbitrum ? ARB_SYS.arbBlockNumber() : block.number;
    }

    /// @dev The hash of an earlier block; zero if it is not known any more.
    function past(uint256 number, bool arbitrum) internal view returns (bytes32 hash) {
        // The opcode follows the parent chain's numbers on Arbitrum, and gives no hash of either chain there.
        if (!arbitrum) hash = blockhash(number);
        if (hash != 0) return hash;
        (bool success, bytes memory answer) = HISTORY.staticcall(abi.encode(number));
        if (success && answer.length == 32) hash = abi.decode(answer, (bytes32));
    }
}
