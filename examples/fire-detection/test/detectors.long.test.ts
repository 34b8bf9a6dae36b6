// On five times as many random scenes.
import "./detectors.test.ts";
