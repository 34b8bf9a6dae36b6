import "./keystore.fuzz.test.ts";
