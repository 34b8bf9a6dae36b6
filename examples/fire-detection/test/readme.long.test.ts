// The cost of a tile and the picture, made anew.
import "./readme.test.ts";
