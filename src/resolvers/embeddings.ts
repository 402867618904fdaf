import {
  embeddingFits,
  FAMILIES,
  mentionedEmbeddings,
  mentionedNames,
  planPrompt,
  promptRuns,
  textsOf,
  type PromptReading,
  type PromptRuns,
} from '../engine/index.ts';
import { InputError } from '../input-error.ts';
import type { JobWarning, JobWarningCode } from '../jobs/job.ts';
import type { Img2ImgSettings, JobEmbedding } from '../jobs/request.ts';
import type { AdapterCatalogs, EmbeddingInfo } from '../models/adapter-catalog.ts';
import type { ModelDescription } from '../models/catalog.ts';
import { bareName, embeddingCalled } from '../models/embedding-names.ts';
import { InputErrors } from './errors.ts';

/** The embeddings of a job, and warnings for those that are ignored. */
export interface PinnedEmbeddings {
  readonly embeddings: readonly JobEmbedding[];
  readonly warnings: readonly JobWarning[];
}

/** A mention of an embedding in a prompt. */
interface Mention {
  readonly name: string;
  /** undefined if no embedding has this name. */
  readonly embedding: EmbeddingInfo | undefined;
}

type Prompts = Pick<
  Img2ImgSettings,
  'prompt' | 'negativePrompt' | 'promptStyle' | 'samplerName' | 'steps'
> & {
  readonly upscale?: { readonly steps: number };
};

const IGNORED: JobWarningCode = 'EMBEDDING_IGNORED';

/**
 * Finds the embeddings that the prompts mention and records their hashes, so that the job uses no other files later. A missing or
 * unusable one becomes a warning. Throws InputErrors for one whose hash is not known yet.
 */
export async function pinEmbeddings(
  prompts: Prompts,
  model: ModelDescription,
  catalog: AdapterCatalogs['embeddings'],
): Promise<PinnedEmbeddings> {
  const { promptStyle: style = 'COMFY', samplerName, steps, upscale } = prompts;
  const installed = await catalog.list();
  const pinned = new Map<string, JobEmbedding>();
  const warnings: JobWarning[] = [];
  const faults: InputError[] = [];
  for (const field of ['prompt', 'negativePrompt'] as const) {
    const path = ['input', field];
    const reading = { style, isNegative: field === 'negativePrompt' };
    const runs = promptRuns(samplerName, steps, upscale?.steps);
    for (const { name, embedding } of mentionsIn(prompts[field], reading, runs, installed, model)) {
      const why = embedding
        ? uselessness(embedding, model)
        : 'no embedding has this name; see the embeddings query';
      if (why !== undefined) {
        const message = `The embedding "${name}" of ${field} does nothing: ${why}.`;
        warnings.push({ code: IGNORED, field: path, message });
      }
      if (embedding?.problem !== null || pinned.has(name)) continue;
      const sha256 = (await catalog.get(embedding.file))?.sha256;
      if (sha256 != null) pinned.set(name, { name, file: embedding.file, sha256 });
      else {
        const message = `the embedding ${name} is still being hashed for the first time: try again in a moment`;
        faults.push(new InputError('INVALID_VALUE', path, message));
      }
    }
  }
  if (faults.length > 0) throw new InputErrors(faults);
  return { embeddings: [...pinned.values()], warnings };
}

function mentionsIn(
  prompt: string,
  reading: Omit<PromptReading, 'run'>,
  runs: PromptRuns,
  installed: readonly EmbeddingInfo[],
  model: ModelDescription,
): Mention[] {
  if (reading.style === 'COMFY') {
    const isKnown = (name: string) => embeddingCalled(name, installed) !== undefined;
    return mentionedEmbeddings(prompt, isKnown).map((name) => ({
      name,
      embedding: embeddingCalled(name, installed),
    }));
  }
  const usable = installed.filter((embedding) => uselessness(embedding, model) === undefined);
  const names = [...new Set(usable.map(bareName))];
  const parts = runs.flatMap((run) => (run ? planPrompt(prompt, { ...reading, run }) : []));
  const mentioned = textsOf(parts).flatMap((text) => mentionedNames(text, names));
  return [...new Set(mentioned)].map((name) => ({
    name,
    embedding: usable.find((embedding) => bareName(embedding) === name),
  }));
}

/** Why an embedding has no effect with a model; undefined if it has one. */
function uselessness(embedding: EmbeddingInfo, model: ModelDescription): string | undefined {
  const { problem, family, tables } = embedding;
  const { textWidths } = model;
  if (problem !== null) return problem;
  const fits = textWidths
    ? tables.some(({ width }) => textWidths.includes(width))
    : model.family === null || embeddingFits(embedding, model.family);
  if (fits) return undefined;
  if (family !== null && model.family !== null && family !== model.family)
    return `it is for ${FAMILIES[family].title}, but the model ${model.name} is ${FAMILIES[model.family].title}`;
  const found = [...new Set(tables.map(({ width }) => width))].join(' and ');
  return `its vectors have ${found} numbers, expected ${textWidths?.join(' or ')} for the model ${model.name}`;
}
