import "./offer.fuzz.test.ts";
