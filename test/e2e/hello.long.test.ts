// On every chain.
import "./hello.test.ts";
