import "./program.fuzz.test.ts";
