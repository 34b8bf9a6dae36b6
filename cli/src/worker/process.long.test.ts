// Every signal, and everything that is wrong.
import "./process.test.ts";
