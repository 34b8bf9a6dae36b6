#!/usr/bin/env node
// JavaScript, so that the cache is there before the first TypeScript: what it has is not translated again, and the translator,
// some 20 MB, is not loaded. A node imports more than a thousand files: keeping their compiled code halves the time to start.
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("./main.ts");
