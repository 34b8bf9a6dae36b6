// On every chain, with every rule that is wrong, and killed at every moment.
import "./deploy.test.ts";
