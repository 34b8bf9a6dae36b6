import "./slow.test.ts";
