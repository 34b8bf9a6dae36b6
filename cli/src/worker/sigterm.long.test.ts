// At every step.
import "./sigterm.test.ts";
