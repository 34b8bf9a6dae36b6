// Every disk that is wrong.
import "./disk.test.ts";
