import "./link.fuzz.test.ts";
