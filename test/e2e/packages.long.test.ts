// With every version of Node, and installed from the registry with all that the packages bring.
import "./packages.test.ts";
