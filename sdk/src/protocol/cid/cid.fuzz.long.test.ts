import "./cid.fuzz.test.ts";
