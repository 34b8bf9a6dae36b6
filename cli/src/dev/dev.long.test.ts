// Every signal, to every process.
import "./dev.test.ts";
