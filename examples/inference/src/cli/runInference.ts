import { formatCount, formatReport, type LocalRunReport } from "@assay/devnet";
import { prepareOutputFolder } from "../../../shared/src/outputFolder/outputFolder.ts";
import { createLocalProgram } from "../../../shared/src/programs/localProgram.ts";
import { runByName } from "../../../shared/src/runners/runCollected.ts";
import { type AnswerShape, answerShape, classesOf } from "../answers/answers.ts";
import { writeAnswers } from "../answers/writeAnswers.ts";
import { evaluate } from "../evaluate/evaluate.ts";
import { at } from "../graph/tensors.ts";
import { type InferenceJob, prepareInferenceJob } from "../job/inferenceJob.ts";
import { runOnMarketplace } from "../job/runOnMarketplace.ts";
import { workOfGraph } from "../layers/work.ts";
import { ModelError } from "../onnx/modelError.ts";
import { type QuantisedGraph, quantise } from "../quantise/quantise.ts";
import { checkLayers, formatChecks } from "./checkLayers.ts";
import { type OpenImages, openImages } from "./openImages.ts";
import { openModel } from "./openModel.ts";
import type { InferenceOptions } from "./options.ts";

/** Images on which the answers are compared with those of floats, at most, and multiplications that it may take. */
const COMPARED = 1_000;
const COMPARED_WORK = 1e10;

/** Runs a model on images, on the marketplace or on this machine, and writes and prints what it says of them. */
export async function runInference(options: InferenceOptions, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const stream = options.json ? process.stderr : process.stdout;
  const graph = await openModel(options.model, { shape: options.shape, signal });
  const shape = answerShape(graph);
  const opened = await openImages(graph, options, { signal });
  const { images, samples, toInput, range, labels } = opened;
  const model = quantise(graph, {
    // One at a time: in floats an image takes eight times its pixels.
    samples: Iterator.from(samples).map(toInput),
    inputRange: range,
  });
  stream.write(
    `\nAssay · inference · ${options.model ?? "digits.onnx"} · ${graph.layers.length} layers · ${formatCount(images.length)} images, calibrated on ${samples.length}\n\n`,
  );
  if (options.check) return check(model, toInput(at(images, 0)), options, signal);

  await prepareOutputFolder(options.out);
  const job = await prepareInferenceJob(model, {
    images: { count: images.length, at: (i) => toInput(at(images, i)) },
    group: options.group,
    signal,
  });
  const report = await runByName(job, {
    name: options.runner,
    buy: () => runOnMarketplace(job, { ...options, stream, signal }),
    signal,
  });

  const results = job.finish();
  const answers = results.map((integers, i) => {
    const values = valuesOf(model, integers);
    return { name: at(images, i).name, classes: classesOf(values, shape), values };
  });
  const files = await writeAnswers(options.out, { answers, shape, labels }, { signal });
  const outcome: Outcome = {
    ...quality(model, shape, opened, answers),
    sameAsInProcess: isSame(job, results, signal),
    job,
    report,
    files,
    seconds: (performance.now() - started) / 1000,
  };
  stream.write(`${describe(outcome)}\n`);
  if (options.json) process.stdout.write(`${toJson(outcome, options)}\n`);
}

async function check(
  model: QuantisedGraph,
  input: Float64Array,
  { json }: InferenceOptions,
  signal: AbortSignal,
): Promise<void> {
  const layers = await checkLayers(model, input, { signal });
  (json ? process.stderr : process.stdout).write(`${formatChecks(layers)}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ layers })}\n`);
  const broken = layers.find(({ holds }) => !holds);
  if (broken === undefined) return;
  throw new ModelError(`${broken.name} is off by more than its bound: report this model.`);
}

/** The numbers of the first output. */
function valuesOf({ graph, quantisations }: QuantisedGraph, integers: Int8Array): Float64Array {
  const { tensor } = at(graph.outputs, 0);
  const { scale, zero } = at(quantisations, tensor);
  const own = integers.subarray(0, at(graph.tensors, tensor).size);
  return Float64Array.from(own, (q) => scale * (q - zero));
}

/** How often the answers are right, where that is known, and how often they are those of the model in floats. */
function quality(
  { graph }: QuantisedGraph,
  shape: AnswerShape,
  { images, toInput }: OpenImages,
  answers: readonly { classes: Uint16Array }[],
) {
  const known = images.flatMap(({ label }, i) => (label === undefined ? [] : [{ label, i }]));
  const right = known.filter(({ label, i }) => answers[i]?.classes[0] === label).length;
  let same = 0;
  let places = 0;
  let rightInFloats = 0;
  const affordable = Math.max(Math.floor(COMPARED_WORK / workOfGraph(graph)), 1);
  const compared = images.slice(0, Math.min(affordable, COMPARED));
  compared.forEach((image, i) => {
    const values = at(evaluate(graph, toInput(image)), at(graph.outputs, 0).tensor);
    const classes = classesOf(values, shape);
    classes.forEach((label, place) => {
      places++;
      if (answers[i]?.classes[place] === label) same++;
    });
    if (classes[0] === image.label) rightInFloats++;
  });
  return {
    accuracy: known.length === 0 ? undefined : right / known.length,
    accuracyInFloats: known.length === 0 ? undefined : rightInFloats / compared.length,
    agreement: same / places,
    compared: compared.length,
  };
}

/** Whether this process's own run of the program gives the same bytes. */
function isSame(job: InferenceJob, results: readonly Int8Array[], signal: AbortSignal): boolean {
  const program = createLocalProgram(job.program);
  let image = 0;
  for (const input of job.inputs()) {
    signal.throwIfAborted();
    const own = program.run(input);
    const size = at(results, image).length;
    for (let start = 0; start < own.length; start += size, image++) {
      if (
        Buffer.compare(own.subarray(start, start + size), new Uint8Array(at(results, image))) !== 0
      ) {
        return false;
      }
    }
  }
  return image === results.length;
}

interface Outcome extends ReturnType<typeof quality> {
  sameAsInProcess: boolean;
  job: InferenceJob;
  /** Undefined for a run on this machine alone. */
  report: LocalRunReport | undefined;
  files: string[];
  seconds: number;
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

function describe({ job, report, files, ...outcome }: Outcome): string {
  const { accuracy, accuracyInFloats, agreement, compared, sameAsInProcess, seconds } = outcome;
  return [
    ...(report === undefined ? [] : [`\n${formatReport(report)}\n`]),
    `  program   ${formatCount(job.program.length)} bytes, ${formatCount(Number(job.fuelPerImage))} fuel an image`,
    `  answers   the same classes as in floats for ${percent(agreement)} of ${formatCount(compared)} images; the bytes are ${sameAsInProcess ? "the same" : "OTHERS THAN"} as in this process`,
    ...(accuracy === undefined || accuracyInFloats === undefined
      ? []
      : [`  accuracy  ${percent(accuracy)}, in floats ${percent(accuracyInFloats)}`]),
    `  after ${seconds.toFixed(1)} s${report === undefined ? ", on this machine" : ""}`,
    ...files.slice(0, 3).map((file) => `  ${file}`),
  ].join("\n");
}

function toJson({ job, report, ...outcome }: Outcome, options: InferenceOptions): string {
  return JSON.stringify({
    images: job.imageCount,
    tasks: job.taskCount,
    programBytes: job.program.length,
    fuelPerImage: Number(job.fuelPerImage),
    ...(report === undefined ? {} : marketFigures(report)),
    liar: options.liar,
    agreement: outcome.agreement,
    compared: outcome.compared,
    accuracy: outcome.accuracy ?? null,
    accuracyInFloats: outcome.accuracyInFloats ?? null,
    sameAsInProcess: outcome.sameAsInProcess,
    secondsTotal: Math.round(outcome.seconds * 100) / 100,
    files: outcome.files,
  });
}

function marketFigures(report: LocalRunReport) {
  const ofWorkers = report.workers.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
  const gas = Number(report.requester.gasUsed + ofWorkers);
  return {
    batches: report.batches,
    workers: report.workers.length,
    paidWei: String(report.paidWei),
    challenges: report.challenges,
    slashedWei: String(report.slashedWei),
    disputeMoves: report.proof.moves,
    disputeGas: Number(report.proof.gasUsed),
    gasPerTask: Math.round((10 * gas) / report.tasks) / 10,
    jobId: report.jobId,
  };
}
