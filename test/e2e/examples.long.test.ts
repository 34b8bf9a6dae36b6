// Every example, audits and what the jury says included.
import "./examples.test.ts";
