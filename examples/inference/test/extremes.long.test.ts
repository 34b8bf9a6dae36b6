// Dense layers, and other ranges.
import "./extremes.test.ts";
