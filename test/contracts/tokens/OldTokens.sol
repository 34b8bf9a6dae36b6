// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice What tokens from before ERC-2612 and EIP-5267 were final have in common.
abstract contract OldToken is ERC20("Old", "OLD") {
    mapping(address owner => uint256) public nonces;

    function version() public pure virtual returns (string memory);

    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        );
        return
            keccak256(
                abi.encode(
                    typeHash,
                    keccak256(bytes(name())),
                    keccak256(bytes(version())),
                    block.chainid,
                    address(this)
                )
            );
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _signer(bytes32 structHash, uint8 v, bytes32 r, bytes32 s) internal view returns (address) {
        return
            ECDSA.recover(keccak256(abi.encodePacked("\x19\x01", DOMAIN_SEPARATOR(), structHash)), v, r, s);
    }
}

/// @notice Has the permits of ERC-2612, and says its version by a function of its own, which is not the usual one.
contract VersionedToken is OldToken {
    bytes32 private constant PERMIT = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );

    function version() public pure override returns (string memory) {
        return "2";
    }

    function permit(
        address owner,
        address spender,
        uint256 value,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        bytes32 structHash = keccak256(abi.encode(PERMIT, owner, spender, value, nonces[owner]++, deadline));
        require(block.timestamp <= deadline && _signer(structHash, v, r, s) == owner, "wrong permit");
        _approve(owner, spender, value);
    }
}

/// @notice Has permits of another form, over everything or nothing.
contract AllOrNothingToken is OldToken {
    function version() public pure override returns (string memory) {
        return "1";
    }

    function permit(
        address holder,
        address spender,
        uint256 nonce,
        uint256 expiry,
        bool allowed,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        bytes32 typeHash = keccak256(
            "Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)"
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, holder, spender, nonce, expiry, allowed));
        require(nonce == nonces[holder]++ && _signer(structHash, v, r, s) == holder, "wrong permit");
        _approve(holder, spender, allowed ? type(uint256).max : 0);
    }
}

/// @notice Changes an allowance only to zero or from zero, and takes whatever else it is asked for without a word.
contract StrictToken is ERC20("Strict", "STRICT") {
    fallback() external {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function approve(address spender, uint256 amount) public override returns (bool) {
        require(amount == 0 || allowance(msg.sender, spender) == 0, "not from an allowance to another");
        return super.approve(spender, amount);
    }
}
