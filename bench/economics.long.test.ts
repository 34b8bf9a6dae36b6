// With more populations and draws.
import "./economics.test.ts";
