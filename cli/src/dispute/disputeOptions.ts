import { option } from "@assay/worker/config";
import { chainOptions, fromBlock, parseJobId } from "../job/jobOptions.ts";

export const disputeListOptions = {
  ...chainOptions,
  "from-block": fromBlock,
  job: option({
    placeholder: "<job id>",
    describe: "only questions about this job",
    parse: parseJobId,
  }),
};

export const disputeShowOptions = { ...chainOptions, "from-block": fromBlock };
