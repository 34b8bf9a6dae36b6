import "./offers.test.ts";
