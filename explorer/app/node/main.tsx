import "../style/main.css";
import { render } from "preact";
import { NodeApp } from "./nodeApp.tsx";

const root = document.getElementById("app");
if (root !== null) render(<NodeApp />, root);
