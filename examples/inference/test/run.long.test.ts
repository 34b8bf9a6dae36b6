// 10,000 images on the marketplace, and training anew.
import "./run.test.ts";
