// The work of a tile, of more tiles.
import "./job.test.ts";
