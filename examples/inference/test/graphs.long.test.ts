// Fifty graphs, and forty new ones.
import "./graphs.test.ts";
