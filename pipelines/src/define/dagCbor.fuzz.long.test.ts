import "./dagCbor.fuzz.test.ts";
