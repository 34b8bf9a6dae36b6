// More seeds.
import "./syntheticScene.test.ts";
