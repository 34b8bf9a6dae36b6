// 50 graphs, and 25 new ones.
import "./graphs.test.ts";
