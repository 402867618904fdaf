import { request } from '../api/client.ts';
import {
  EngineDocument,
  ExtrasDocument,
  ModelsDocument,
  SamplersDocument,
  ServerDocument,
  type EnginePartsFragment,
  type ExtrasQuery,
  type ModelsQuery,
  type SamplersQuery,
  type ServerQuery,
} from '../api/generated/graphql.ts';
import { createStore } from './store.ts';

/** A model as the page knows it. */
export type Model = ModelsQuery['models'][number];

/** A LoRA as the page knows it. */
export type Lora = Extras['loras'][number];

/** A ControlNet or T2I adapter as the page knows it. */
export type ControlModel = Extras['controlModels'][number];

/** What the server has beside its checkpoints. */
export type Extras = ExtrasQuery;

/** What the engines do. */
export type Engine = EnginePartsFragment;

export const models = createStore<readonly Model[] | null>(null);

/** What the server has beside its checkpoints; nothing until it is known. */
export const extras = createStore<Extras>({
  loras: [],
  controlModels: [],
  vaes: [],
  upscalers: [],
  embeddings: [],
});

/** The server's version and the bounds on what is asked of it; null until they are known. */
export const server = createStore<ServerQuery | null>(null);

export const samplers = createStore<SamplersQuery>({ samplers: [], schedulers: [] });
export const engine = createStore<Engine | null>(null);

/** Milliseconds until models that could not be fetched are asked for again: at first, and at most. */
const ASK_AGAIN = { first: 1000, most: 15_000 };

/** Looks at the models, LoRAs and the rest until the models are known; all of it is taken at once, so that nothing moves on the page. */
export async function loadCollection(): Promise<void> {
  for (let wait = ASK_AGAIN.first; ; wait = Math.min(2 * wait, ASK_AGAIN.most)) {
    const [answer] = await Promise.all([askForModels(), loadExtras()]);
    if (answer) {
      models.set(answer.models);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Looks at the models again. */
export async function loadModels(): Promise<void> {
  const answer = await askForModels();
  if (answer) models.set(answer.models);
}

const askForModels = () => request(ModelsDocument, {}).catch(() => undefined);

/** Looks at the LoRAs, controls, VAEs, upscalers and embeddings again. */
export async function loadExtras(): Promise<void> {
  const answer = await request(ExtrasDocument, {}).catch(() => undefined);
  if (answer) extras.set(answer);
}

/** Asks the server for its version and bounds again. */
export async function loadServer(): Promise<void> {
  const answer = await request(ServerDocument, {}).catch(() => undefined);
  if (answer) server.set(answer);
}

/** Fetches what the samplers and schedules are, once. */
export async function loadSamplers(): Promise<void> {
  if (samplers.get().samplers.length > 0) return;
  const answer = await request(SamplersDocument, {}).catch(() => undefined);
  if (answer) samplers.set(answer);
}

/** Looks at the engines again. */
export async function loadEngine(): Promise<void> {
  const answer = await request(EngineDocument, {}).catch(() => undefined);
  if (answer) engine.set(answer.engine);
}
