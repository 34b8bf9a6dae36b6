// However deep.
import "./faults.test.ts";
