// The whole training.
import "./training.test.ts";
