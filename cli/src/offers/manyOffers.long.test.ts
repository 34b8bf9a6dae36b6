import "./manyOffers.test.ts";
