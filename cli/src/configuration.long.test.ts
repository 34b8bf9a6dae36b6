// Everything that is wrong with a configuration.
import "./configuration.test.ts";
