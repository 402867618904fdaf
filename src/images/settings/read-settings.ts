import { textsOf } from './containers/index.ts';
import { isPng } from './containers/png-chunks.ts';
import type { Texts } from './containers/texts.ts';
import { isLosslessWebp } from './containers/webp.ts';
import { xmpProperty } from './containers/xmp.ts';
import { at, isRecord, parseJson } from './json.ts';
import type { SettingsReading } from './picture-settings.ts';
import { readA1111, readPromptOnly } from './readers/a1111.ts';
import { Graph } from './readers/comfyui/graph.ts';
import { readComfy, readWorkflowOnly } from './readers/comfyui/index.ts';
import { readDrawThings } from './readers/draw-things.ts';
import { readEasyDiffusion } from './readers/easy-diffusion.ts';
import { readFooocus } from './readers/fooocus.ts';
import { readDream, readInvoke, readInvoke2 } from './readers/invoke.ts';
import { readLatentql } from './readers/latentql.ts';
import { readMidjourney } from './readers/midjourney.ts';
import { readNovelai, readNovelaiTexts } from './readers/novelai.ts';
import { readPlainJson, readTensorArt } from './readers/plain-json.ts';
import { readSwarm } from './readers/swarm.ts';
import type { Draft } from './reading.ts';
import { stealthText, type RgbaPixels } from './stealth.ts';

/** Decodes a picture exactly; undefined if it is damaged or too large. */
export type DecodePixels = (bytes: Uint8Array) => Promise<RgbaPixels | undefined>;

/** What a picture states; `tool` is null where it states nothing. */
export type ReadSettings = Pick<SettingsReading, 'settings' | 'leftOut'> & { readonly tool: string | null };

/**
 * The settings that a picture's file states: in its texts, and where these say nothing in its pixels. Never guesses: what it
 * cannot tell is missing, and `leftOut` says what stands there besides. Throws InputError IMAGE_INVALID for what is no picture.
 */
export async function readSettings(bytes: Uint8Array, decodePixels: DecodePixels): Promise<ReadSettings> {
  const texts = await textsOf(bytes);
  const draft = readTexts(texts) ?? (await readPixels(bytes, decodePixels));
  if (!draft) return { tool: null, settings: {}, leftOut: [...texts.problems, ...damagedTexts(texts)] };
  const { tool, settings, leftOut } = draft.reading;
  return { tool, settings, leftOut: [...leftOut, ...texts.problems] };
}

/** The first reader that knows its text; where a graph and a text of A1111's form stand together, the graph is what ran. */
function readTexts(texts: Texts): Draft | undefined {
  const own = read(texts.get('latentql'), readLatentql);
  if (own) return own;
  const candidates = parameterTexts(texts);
  for (const text of candidates) {
    const json = parseJson(text);
    const draft = isRecord(json) ? readParameterJson(json) : undefined;
    if (draft) return draft;
  }
  const graph = read(texts.get('prompt'), (text) => readComfy(Graph.parse(text)));
  const written = candidates.map((text) => readA1111(text)).find((draft) => draft !== undefined);
  if (graph && written) graph.complete(written.reading);
  if (graph && !(written && graph.isEmpty)) return graph;
  return written ?? readOthers(texts);
}

const read = (text: string | undefined, reader: (text: string) => Draft | undefined): Draft | undefined =>
  text === undefined ? undefined : reader(text);

/** Texts that begin as JSON and break off or are spoilt. */
const damagedTexts = (texts: Texts): string[] =>
  [
    'latentql',
    'parameters',
    'prompt',
    'exif:UserComment',
    'generation_data',
    'invokeai_metadata',
    'sd-metadata',
  ]
    .filter((name) => /^\s*\{\s*"/.test(texts.get(name) ?? '') && parseJson(texts.get(name)!) === undefined)
    .map((name) => `${name}: damaged JSON`);

/** The places of A1111's text, in any container. */
const parameterTexts = (texts: Texts): string[] => {
  const xmp = texts.get('xmp') ?? texts.get('XML:com.adobe.xmp');
  const places = [
    texts.get('parameters'),
    texts.get('exif:UserComment'),
    xmp === undefined ? undefined : xmpProperty(xmp, 'sdcpp:parameters'),
  ];
  return places.filter((text) => text !== undefined);
};

/** JSON where A1111's text is expected. */
const readParameterJson = (json: Readonly<Record<string, unknown>>): Draft | undefined =>
  readSwarm(json) ??
  readFooocus(json) ??
  readNovelaiTexts(json) ??
  readComfy(Graph.of(json)) ??
  readEasyDiffusion((key) => at(json, key)) ??
  readPlainJson(json);

function readOthers(texts: Texts): Draft | undefined {
  const xmp = texts.get('xmp') ?? texts.get('XML:com.adobe.xmp');
  const isNovelai = texts.get('Software') === 'NovelAI';
  const prompt = texts.get('parameters');
  return (
    read(texts.get('invokeai_metadata'), readInvoke) ??
    read(texts.get('sd-metadata'), readInvoke2) ??
    read(texts.get('Dream'), readDream) ??
    (isNovelai
      ? readNovelai(texts.get('Comment'), {
          description: texts.get('Description'),
          source: texts.get('Source'),
        })
      : undefined) ??
    read(texts.get('generation_data'), readTensorArt) ??
    readEasyDiffusion((key) => texts.get(key)) ??
    read(xmp, readDrawThings) ??
    read(texts.get('Description'), readMidjourney) ??
    (texts.has('workflow') ? readWorkflowOnly() : undefined) ??
    (prompt !== undefined && parseJson(prompt) === undefined ? readPromptOnly(prompt) : undefined)
  );
}

/** Only a container that keeps pixels exactly can hide a text in them. */
async function readPixels(bytes: Uint8Array, decodePixels: DecodePixels): Promise<Draft | undefined> {
  if (!isPng(bytes) && !isLosslessWebp(bytes)) return undefined;
  const pixels = await decodePixels(bytes);
  const text = pixels && (await stealthText(pixels));
  if (text === undefined) return undefined;
  const json = parseJson(text);
  return isRecord(json) ? (readNovelaiTexts(json) ?? readParameterJson(json)) : readA1111(text);
}
