// ONNX's own tests, where Python has them.
import "./conformance.test.ts";
