// Every way to end, and everything that is missing.
import "./life.test.ts";
