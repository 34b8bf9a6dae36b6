import "./wrong.test.ts";
