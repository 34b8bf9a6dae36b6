import "./bonds.test.ts";
