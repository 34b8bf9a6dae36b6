// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A token that behaves as it is told.
contract HostileToken {
    enum Manner {
        Proper,
        /// Answers nothing, as tokens before ERC-20 was final do.
        Silent,
        /// Answers false, and moves nothing.
        False_,
        /// Takes one of a hundred of every transfer.
        FeeOnTransfer,
        /// Credits more than was sent.
        BonusOnTransfer,
        /// Says true, and moves nothing.
        Lying,
        Reverting,
        /// Calls back before it moves anything, as ERC-777's hooks do.
        CallingBack
    }

    Manner public manner;
    /// Tenths of a balance that are left of it: 10 at first. Rebasing sets it.
    uint256 public tenths = 10;
    mapping(address owner => uint256) private shares;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    address private target;
    bytes private payload;
    /// What came back of the calls back.
    bool public calledBack;
    bytes public answer;

    function behave(Manner manner_) external {
        manner = manner_;
    }

    function rebase(uint256 tenths_) external {
        tenths = tenths_;
    }

    function callBack(address target_, bytes calldata payload_) external {
        (target, payload) = (target_, payload_);
    }

    function mint(address to, uint256 amount) external {
        shares[to] += amount;
    }

    function balanceOf(address owner) public view returns (uint256) {
        return (shares[owner] * tenths) / 10;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external {
        _answer(_move(msg.sender, to, amount));
    }

    function transferFrom(address from, address to, uint256 amount) external {
        require(allowance[from][msg.sender] >= amount, "no allowance");
        allowance[from][msg.sender] -= amount;
        _answer(_move(from, to, amount));
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        require(manner != Manner.Reverting, "transfer refused");
        if (manner == Manner.CallingBack) (calledBack, answer) = target.call(payload);
        if (manner == Manner.False_) return false;
        if (manner == Manner.Lying) return true;
        uint256 share = (amount * 10) / tenths;
        shares[from] -= share;
        shares[to] += share;
        if (manner == Manner.FeeOnTransfer) shares[to] -= share / 100;
        if (manner == Manner.BonusOnTransfer) shares[to] += 1;
        return true;
    }

    function _answer(bool success) private view {
        if (manner == Manner.Silent) return;
        assembly ("memory-safe") {
            mstore(0, success)
            return(0, 32)
        }
    }
}
