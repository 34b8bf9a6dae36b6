// Every reason.
import "./why.test.ts";
