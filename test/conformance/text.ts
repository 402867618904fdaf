import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEmbedding, type EmbeddingFile } from '../../src/engine/adapters/embedding.ts';
import type { Checkpoint } from '../../src/engine/checkpoint/checkpoint.ts';
import { withVae } from '../../src/engine/checkpoint/vae-override.ts';
import type { TextEncoderName } from '../../src/engine/families/family.ts';
import type { SchedulerName } from '../../src/engine/noise/names.ts';
import { createModel } from '../../src/engine/pipeline/families.ts';
import { isGuided } from '../../src/engine/pipeline/guidance.ts';
import type { EncodedPrompt } from '../../src/engine/pipeline/model.ts';
import { toBytes } from '../../src/engine/pipeline/pixels.ts';
import { sample } from '../../src/engine/pipeline/sample.ts';
import { planSampling } from '../../src/engine/pipeline/sampling-plan.ts';
import type { TokenizeT5 } from '../../src/engine/pipeline/t5-encoder.ts';
import { PLAIN_READING, readingFor, type TextReading } from '../../src/engine/pipeline/text-reading.ts';
import { CPU } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import type { SamplerName } from '../../src/engine/samplers/names.ts';
import { SAMPLERS } from '../../src/engine/samplers/registry.ts';
import { CLIP_PAD } from '../../src/engine/text/clip-chunks.ts';
import { clipChunksOf } from '../../src/engine/text/clip-reading.ts';
import { mentionedEmbeddings } from '../../src/engine/text/embeddings.ts';
import type { TokenChunks } from '../../src/engine/text/token-groups.ts';
import { embeddingCalled } from '../../src/models/embedding-names.ts';
import { openGoldenCheckpoint } from './checkpoints.ts';
import { openGolden, type GoldenFile } from './golden-file.ts';
import { latentShare } from './latents.ts';
import { openPicture, pixelError } from './pipeline.ts';
import { weightsOf, type ExpectedChunks } from './prompts.ts';
import { RecipeCheckpoints } from './recipes.ts';
import { relativeError, T5_WANTED, Tally, type Section, type SectionOptions } from './section.ts';
import { MissingTokensError, tokenizeT5 } from './t5-tokens.ts';
import { networkTolerance, singleTolerance } from './tolerances.ts';
import { checkVaeOverrides, type VaeCase } from './vae-override.ts';

interface PromptCase {
  readonly id: string;
  readonly model: string;
  readonly prompt: string;
  readonly stop_at_clip_layer?: number | null;
}

interface EmbeddingCase extends PromptCase {
  /** By encoder; -1 is a vector of an embedding. */
  readonly tokens: Readonly<
    Record<string, { ids: number[][]; weights: ExpectedChunks['weights'] | 'omitted' }>
  >;
}

interface RunCase {
  readonly id: string;
  readonly model: string;
  readonly stop_at_clip_layer: number | null;
  /** Another file's autoencoder. */
  readonly vae: string | null;
  readonly image: string;
  readonly positive: string;
  readonly negative: string;
  readonly seed: string;
  readonly steps: number;
  readonly cfg: number;
  readonly sampler: SamplerName;
  readonly scheduler: SchedulerName;
  readonly denoise: number;
}

interface TextRecord {
  readonly clip_skip: readonly PromptCase[];
  readonly embeddings: readonly EmbeddingCase[];
  readonly vae: readonly VaeCase[];
  readonly cases: readonly RunCase[];
}

const TOLERANCE = { encoding: 1e-5, latent: 2e-5, pixels: 1e-3 };

/** The names of encoders in the record. */
const ENCODERS: ReadonlyMap<string, TextEncoderName> = new Map([
  ['l', 'clip_l'],
  ['g', 'clip_g'],
  ['t5xxl', 't5'],
]);

/** CLIP skip and embeddings: tokens, encodings and whole runs of `text/`. */
export const text: Section = async (folder, options) => {
  const { golden: base = folder } = options;
  const record = JSON.parse(await readFile(join(folder, 'text/text.json'), 'utf8')) as TextRecord;
  const golden = openGolden(join(folder, 'text/text.safetensors'));
  const vaes = new RecipeCheckpoints(folder, base);
  const bench = new Bench(base, vaes, await EmbeddingFolder.open(join(folder, 'text/embeddings')), options);
  const tally = new Tally(options);
  for (const entry of record.clip_skip)
    await judged(tally, entry.id, () => judgeEncoding(entry, golden, bench));
  for (const entry of record.embeddings) {
    await judged(tally, `${entry.id} tokens`, () => judgeTokens(entry, golden, bench));
    await judged(tally, entry.id, () => judgeEncoding(entry, golden, bench));
  }
  for (const entry of record.cases) await judged(tally, entry.id, () => judgeRun(entry, golden, bench));
  await bench.networks.clear();
  await checkVaeOverrides(record.vae, golden, tally, { folder, base, device: bench.device });
  await vaes.close();
  return tally.result;
};

/** Counts a case by the largest of its shares of tolerances. */
async function judged(
  tally: Tally,
  id: string,
  judge: () => Promise<Readonly<Record<string, number>>>,
): Promise<void> {
  if (!tally.takes(id)) return;
  try {
    const shares = Object.entries(await judge());
    const off = shares.filter(([, share]) => !(share <= 1));
    const cause = off.map(([what, share]) => `${what} is off by ${share.toFixed(2)} of its tolerance`);
    const worst = Math.max(...shares.map(([, share]) => (Number.isNaN(share) ? Infinity : share)));
    tally.add(id, worst, 1, cause.join(', ') || undefined);
  } catch (failure) {
    if (failure instanceof MissingTokensError) tally.skip(T5_WANTED);
    else tally.add(id, Infinity, 1, String(failure));
  }
}

/** The embeddings of a folder. */
class EmbeddingFolder {
  readonly #folder: string;
  readonly #files: readonly { readonly file: string }[];

  private constructor(folder: string, files: readonly string[]) {
    this.#folder = folder;
    this.#files = files.map((file) => ({ file }));
  }

  static async open(folder: string): Promise<EmbeddingFolder> {
    const entries = await readdir(folder, { recursive: true });
    return new EmbeddingFolder(folder, entries.sort());
  }

  /** Those that a prompt mentions, as a server finds them. */
  async mentionedIn(prompt: string): Promise<Map<string, EmbeddingFile>> {
    const find = (name: string) => embeddingCalled(name, this.#files);
    const found = new Map<string, EmbeddingFile>();
    for (const name of mentionedEmbeddings(prompt, (name) => find(name) !== undefined)) {
      const file = find(name)?.file;
      if (file !== undefined) found.set(name, await readEmbedding(join(this.#folder, file)));
    }
    return found;
  }
}

/** What every case is computed with. */
class Bench {
  readonly base: string;
  /** The files whose autoencoders take the place of a model's own. */
  readonly vaes: RecipeCheckpoints;
  readonly embeddings: EmbeddingFolder;
  readonly device;
  readonly networks: ModelCache;
  readonly #t5Tokenizer: string | undefined;
  readonly #checkpoints = new Map<string, Promise<Checkpoint>>();
  #tokenizer: Promise<TokenizeT5> | undefined;

  constructor(
    base: string,
    vaes: RecipeCheckpoints,
    embeddings: EmbeddingFolder,
    { device = CPU, t5Tokenizer }: SectionOptions,
  ) {
    this.base = base;
    this.vaes = vaes;
    this.embeddings = embeddings;
    this.device = device;
    this.networks = new ModelCache({ device, memoryLimit: 2 ** 30 });
    this.#t5Tokenizer = t5Tokenizer;
  }

  checkpoint(model: string): Promise<Checkpoint> {
    const opened = this.#checkpoints.get(model) ?? openGoldenCheckpoint(this.base, model);
    this.#checkpoints.set(model, opened);
    return opened;
  }

  tokenizer(): Promise<TokenizeT5> {
    return (this.#tokenizer ??= tokenizeT5(this.base, this.#t5Tokenizer));
  }

  async encode(model: string, prompt: string, clipSkip: number | undefined, tokens?: TokenChunks) {
    const reading = { ...PLAIN_READING, clipSkip, embeddings: await this.embeddings.mentionedIn(prompt) };
    return (await this.model(model, reading, tokens)).encodePrompt(prompt);
  }

  /** `tokens` are T5's where there is no tokenizer. */
  async model(model: string, reading: TextReading, tokens?: TokenChunks) {
    const isRecorded = tokens !== undefined && this.#t5Tokenizer === undefined;
    const tokenize = isRecorded ? () => Promise.resolve(tokens) : await this.tokenizer();
    return createModel(await this.checkpoint(model), this.networks, tokenize, reading);
  }
}

const skipOf = ({ stop_at_clip_layer: layer }: Pick<PromptCase, 'stop_at_clip_layer'>): number | undefined =>
  layer == null ? undefined : -layer;

/** Shares of their tolerances by which an encoded prompt is off. */
async function judgeEncoding(
  entry: PromptCase | EmbeddingCase,
  golden: GoldenFile,
  bench: Bench,
): Promise<Record<string, number>> {
  const tokens = 'tokens' in entry ? recordedT5(entry, golden) : undefined;
  const found = await bench.encode(entry.model, entry.prompt, skipOf(entry), tokens);
  return sharesOf(found, entry.id, golden, networkTolerance(bench.device, TOLERANCE.encoding));
}

function sharesOf(
  { context, pooled }: EncodedPrompt,
  id: string,
  golden: GoldenFile,
  tolerance: number,
): Record<string, number> {
  return {
    'the prompt': relativeError(context.data, golden.f32(`${id}/cond`)) / tolerance,
    ...(pooled && {
      'the pooled prompt': relativeError(pooled, golden.f32(`${id}/pooled`)) / tolerance,
    }),
  };
}

const T5_LENGTH = 256;

/** T5's tokens as they are recorded, for a prompt without weights, which the record leaves out. */
function recordedT5({ id, prompt, tokens }: EmbeddingCase, golden: GoldenFile): TokenChunks | undefined {
  const [ids] = tokens['t5xxl']?.ids ?? [];
  if (!ids || prompt.includes('(')) return undefined;
  let vectors = 0;
  const numbered = ids.map((token) => (token < 0 ? -++vectors : token));
  return {
    ids: [[...numbered, ...Array<number>(T5_LENGTH - ids.length).fill(0)]],
    weights: [Array<number>(T5_LENGTH).fill(1)],
    vectors: rowsOf(golden, `${id}/t5xxl/vectors0`),
  };
}

/** Whether the tokens, weights and vectors of every encoder are as recorded: 0, or more. */
async function judgeTokens(
  entry: EmbeddingCase,
  golden: GoldenFile,
  bench: Bench,
): Promise<Record<string, number>> {
  const reading = { ...PLAIN_READING, embeddings: await bench.embeddings.mentionedIn(entry.prompt) };
  const shares: Record<string, number> = {};
  for (const [name, { ids, weights }] of Object.entries(entry.tokens)) {
    const encoder = ENCODERS.get(name)!;
    if (encoder === 't5' && !recordedT5(entry, golden)) continue; // its tokenizer says it
    const width = golden.has(`${entry.id}/${name}/vectors0`)
      ? golden.shape(`${entry.id}/${name}/vectors0`)[1]!
      : 0;
    const own = readingFor(
      reading,
      encoder === 't5' ? 't5xxl' : encoder === 'clip_g' ? 'clip_g' : 'clip_l',
      width,
    );
    const found =
      encoder === 't5'
        ? await (
            await bench.tokenizer()
          )(entry.prompt, own)
        : clipChunksOf([entry.prompt], own, { pad: encoder === 'clip_l' ? CLIP_PAD.l : CLIP_PAD.g })[0]!;
    const plain = found.ids.map((chunk) => chunk.map((id) => Math.max(id, -1)).slice(0, ids[0]!.length));
    shares[`${name}'s tokens`] = exactly(JSON.stringify(plain) === JSON.stringify(ids));
    if (weights !== 'omitted')
      shares[`${name}'s weights`] = exactly(
        JSON.stringify(found.weights) === JSON.stringify(weightsOf({ ids, weights })),
      );
    const rows = ids.flatMap((_, chunk) => rowsOf(golden, `${entry.id}/${name}/vectors${chunk}`));
    shares[`${name}'s vectors`] = exactly(areEqual(found.vectors ?? [], rows));
  }
  return shares;
}

/** The share of a tolerance that allows no difference. */
const exactly = (isEqual: boolean): number => (isEqual ? 0 : Infinity);

const areEqual = (found: readonly Float32Array[], expected: readonly Float32Array[]): boolean =>
  found.length === expected.length &&
  found.every(
    (vector, i) =>
      vector.length === expected[i]!.length && vector.every((value, j) => value === expected[i]![j]),
  );

/** The rows of a table; none if it is not there. */
function rowsOf(golden: GoldenFile, key: string): Float32Array[] {
  if (!golden.has(key)) return [];
  const [count, width] = golden.shape(key) as [number, number];
  const values = golden.f32(key);
  return Array.from({ length: count }, (_, i) => values.slice(i * width, (i + 1) * width));
}

async function judgeRun(entry: RunCase, golden: GoldenFile, bench: Bench): Promise<Record<string, number>> {
  const clipSkip = skipOf(entry);
  const model = await bench.model(entry.model, PLAIN_READING);
  const positive = await bench.encode(entry.model, entry.positive, clipSkip);
  const guided = isGuided(entry.cfg, SAMPLERS[entry.sampler]);
  const negative = guided ? await bench.encode(entry.model, entry.negative, clipSkip) : positive;
  const encoded = golden.f32(`${entry.id}/encoded`);
  const [, channels, height, width] = golden.shape(`${entry.id}/encoded`) as [number, number, number, number];
  const latent = await sample({
    plan: planSampling({ ...entry, schedule: model.schedule, samplerName: entry.sampler }),
    network: model.network({ positive, negative }, { batch: 1, height, width }),
    cfg: entry.cfg,
    seed: BigInt(entry.seed),
    latent: encoded,
    shape: [1, channels, height, width],
    latentFormat: model.latentFormat,
  });
  return {
    'the latent': await latentShare(model, bench.device, {
      ...{ found: latent, expected: golden.f32(`${entry.id}/latent`) },
      ...{ shape: [1, channels, height, width], tolerance: TOLERANCE.latent },
    }),
    ...(await judgePictures(entry, golden, bench)),
  };
}

/** The same of what the autoencoder makes of the source and of the result. */
async function judgePictures(
  { id, image, model: name, vae }: RunCase,
  golden: GoldenFile,
  bench: Bench,
): Promise<Record<string, number>> {
  const { base, device, networks, vaes } = bench;
  const own = await bench.checkpoint(name);
  const model = createModel(vae === null ? own : await withVae(own, await vaes.path(vae)), networks);
  const picture = await openPicture(join(base, 'pipeline', image));
  const encoded = await model.encodeImage(picture);
  const [, , height, width] = golden.shape(`${id}/latent`) as [number, number, number, number];
  const { data } = toBytes(await model.decode(golden.f32(`${id}/latent`), height, width));
  return {
    'the encoded image':
      relativeError(encoded, golden.f32(`${id}/encoded`)) / networkTolerance(device, TOLERANCE.latent),
    'the decoded image':
      pixelError([data], golden.u8(`${id}/image_u8`)) / singleTolerance(device, TOLERANCE.pixels),
  };
}
