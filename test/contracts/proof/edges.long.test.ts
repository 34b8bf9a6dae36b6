// The largest inputs and results, too.
import "./edges.test.ts";
