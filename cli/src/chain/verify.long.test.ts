// Everything that may not be as it should.
import "./verify.test.ts";
