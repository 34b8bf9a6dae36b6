// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarketplace} from "../interfaces/IMarketplace.sol";
import {Cid} from "../../shared/types/Cid.sol";

/// @notice Refuses bytes that are no CID, so that nobody is paid to look for what cannot be named.
library CidLib {
    /// @dev Version and digest length in full, and the top bit of codec and hash code: set, it would announce a second byte
    /// and move everything after it.
    bytes4 private constant CHECKED_BITS = 0xff8080ff;
    bytes4 private constant VERSION_1_DIGEST_32 = 0x01000020;

    function check(Cid calldata cid) internal pure {
        if (cid.prefix & CHECKED_BITS != VERSION_1_DIGEST_32 || cid.digest == 0) {
            revert IMarketplace.Marketplace_MalformedCid(cid.prefix, cid.digest);
        }
    }
}
