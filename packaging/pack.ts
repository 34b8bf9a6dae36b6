/** `npm run pack`: builds every package that is published and packs it, into `out/packages`. The last line of the output lists the files. */
import { packAll } from "./packAll.ts";

process.stdout.write(`${JSON.stringify(await packAll())}\n`);
