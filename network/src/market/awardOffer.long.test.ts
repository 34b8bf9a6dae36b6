import "./awardOffer.test.ts";
