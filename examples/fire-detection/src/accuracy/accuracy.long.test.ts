// On every sensor.
import "./accuracy.test.ts";
