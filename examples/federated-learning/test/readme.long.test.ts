// Every block.
import "./readme.test.ts";
