// A hundred thousand damaged files.
import "./refused.test.ts";
