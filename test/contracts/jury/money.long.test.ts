// With every kind of jury.
import "./money.test.ts";
