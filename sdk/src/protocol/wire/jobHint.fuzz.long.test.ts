import "./jobHint.fuzz.test.ts";
