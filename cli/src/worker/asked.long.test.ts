// Everything that a node that runs, or does not, is asked.
import "./asked.test.ts";
