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

/** LoRAs, ControlNets, VAEs, upscalers and embeddings. */
export type Extras = ExtrasQuery;

/** The state of the engines. */
export type Engine = EnginePartsFragment;

export const models = createStore<readonly Model[] | null>(null);

/** LoRAs, ControlNets, VAEs, upscalers and embeddings; empty until loaded. */
export const extras = createStore<Extras>({
  loras: [],
  controlModels: [],
  vaes: [],
  upscalers: [],
  embeddings: [],
});

/** The server's version and limits; null until loaded. */
export const server = createStore<ServerQuery | null>(null);

export const samplers = createStore<SamplersQuery>({ samplers: [], schedulers: [] });
export const engine = createStore<Engine | null>(null);

/** Retry delay for loading the models, in milliseconds: first and longest. */
const ASK_AGAIN = { first: 1000, most: 15_000 };

/** Loads models and extras, retrying until it succeeds; both are set at once, so that the page shifts only once. */
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

/** The models, as soon as they are loaded. */
export async function knownModels(): Promise<readonly Model[]> {
  const known = models.get();
  if (known) return known;
  return new Promise((resolve) => {
    const stop = models.subscribe(() => {
      stop();
      resolve(models.get()!);
    });
  });
}

/** Reloads the models. */
export async function loadModels(): Promise<void> {
  const answer = await askForModels();
  if (answer) models.set(answer.models);
}

const askForModels = () => request(ModelsDocument, {}).catch(() => undefined);

/** Reloads LoRAs, ControlNets, VAEs, upscalers and embeddings. */
export async function loadExtras(): Promise<void> {
  const answer = await request(ExtrasDocument, {}).catch(() => undefined);
  if (answer) extras.set(answer);
}

/** Reloads the server's version and limits. */
export async function loadServer(): Promise<void> {
  const answer = await request(ServerDocument, {}).catch(() => undefined);
  if (answer) server.set(answer);
}

/** Loads the samplers and schedulers once. */
export async function loadSamplers(): Promise<void> {
  if (samplers.get().samplers.length > 0) return;
  const answer = await request(SamplersDocument, {}).catch(() => undefined);
  if (answer) samplers.set(answer);
}

/** Reloads the state of the engines. */
export async function loadEngine(): Promise<void> {
  const answer = await request(EngineDocument, {}).catch(() => undefined);
  if (answer) engine.set(answer.engine);
}
