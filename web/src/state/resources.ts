import { request } from '../api/client.ts';
import {
  EngineDocument,
  ModelsDocument,
  SamplersDocument,
  type EnginePartsFragment,
  type ModelsQuery,
  type SamplersQuery,
} from '../api/generated/graphql.ts';
import { createStore } from './store.ts';

/** A model as the page knows it. */
export type Model = ModelsQuery['models'][number];

/** What the engines do. */
export type Engine = EnginePartsFragment;

export const models = createStore<readonly Model[] | null>(null);
export const samplers = createStore<SamplersQuery>({ samplers: [], schedulers: [] });
export const engine = createStore<Engine | null>(null);

/** Looks at the models again. */
export async function loadModels(): Promise<void> {
  const answer = await request(ModelsDocument, {}).catch(() => undefined);
  if (answer) models.set(answer.models);
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
