// Everything that `npm start` can be told.
import "./start.test.ts";
