// Built twice in every language.
import "./programs.test.ts";
