// Whichever transaction is lost, and wherever.
import "./lostTransaction.test.ts";
