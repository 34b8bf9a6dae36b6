import "./file.fuzz.test.ts";
