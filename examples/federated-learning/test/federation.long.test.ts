// On other counts of threads.
import "./federation.test.ts";
