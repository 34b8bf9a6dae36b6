// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IArbiter} from "../../contracts/shared/interfaces/IArbiter.sol";
import {Dispute, DisputeId, Ruling} from "../../contracts/shared/types/Dispute.sol";

/// @notice An arbiter that rules what it is told, and misbehaves as it is told.
contract CommandedArbiter is IArbiter {
    enum Manner {
        Proper,
        Reverting,
        BurningGas,
        /// Answers a ruling that does not exist.
        Nonsense,
        /// Answers less than a word.
        Short,
        /// Answers 64 KiB.
        Long
    }

    uint256 public fee;
    Manner public manner;
    mapping(DisputeId id => Ruling) private rulings;
    mapping(DisputeId id => bool) public opened;

    constructor(uint256 fee_) {
        fee = fee_;
    }

    function charge(uint256 fee_) external {
        fee = fee_;
    }

    function behave(Manner manner_) external {
        manner = manner_;
    }

    function rule(DisputeId id, Ruling ruling_) external {
        rulings[id] = ruling_;
    }

    function maxRulingSeconds() external pure returns (uint256) {
        return 1 hours;
    }

    function canDecide(address, address) external view returns (bool) {
        return manner == Manner.Proper;
    }

    function open(Dispute calldata dispute) external payable {
        require(manner != Manner.Reverting, "open refused");
        require(msg.value == fee, "not the fee");
        opened[DisputeId.wrap(keccak256(abi.encode(dispute)))] = true;
    }

    function ruling(DisputeId id) external view returns (Ruling) {
        Manner manner_ = manner;
        require(manner_ != Manner.Reverting, "ruling refused");
        while (manner_ == Manner.BurningGas) {}
        if (manner_ == Manner.Nonsense || manner_ == Manner.Short || manner_ == Manner.Long) {
            uint256 size =
                manner_ == Manner.Nonsense
                    ? 32
                    : manner_ == Manner.Short
                        ? 31
                        : 1 << 16;
            uint256 noRuling = uint256(type(Ruling).max) + 1;
            assembly ("memory-safe") {
                let free := mload(0x40)
                mstore(free, noRuling)
                return(free, size)
            }
        }
        return rulings[id];
    }
}
