// In every language.
import "./market.test.ts";
