import "./message.fuzz.test.ts";
