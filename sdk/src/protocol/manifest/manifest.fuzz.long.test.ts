import "./manifest.fuzz.test.ts";
