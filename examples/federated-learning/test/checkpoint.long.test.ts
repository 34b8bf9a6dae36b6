// Killed at 20 instants.
import "./checkpoint.test.ts";
