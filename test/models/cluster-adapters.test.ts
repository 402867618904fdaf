import { expect, it } from 'vitest';
import type { LoraInfo, VaeInfo } from '../../src/models/adapter-catalog.ts';
import {
  answerMisfit,
  canAnswer,
  clusterAdapters,
  type AnnouncedAdapters,
  type MisfitQuestion,
} from '../../src/models/cluster-adapters.ts';

const hash = 'a'.repeat(64);
const lora = (facts: Partial<LoraInfo>): LoraInfo => ({
  ...{ name: 'ink', file: 'loras/ink.safetensors', sha256: null, family: 'sd15' },
  ...{ sizeBytes: 1, tensors: 2, title: null, triggerWords: [], problem: null },
  ...facts,
});
const vae = (facts: Partial<VaeInfo>): VaeInfo => ({
  ...{ name: 'ae', file: 'ae.safetensors', sha256: null, families: ['flux'] },
  ...{ sizeBytes: 1, tensors: 2, problem: null },
  ...facts,
});
const embedding = (file: string) => ({
  ...{ name: 'easy', file, sha256: hash, family: 'sd15' as const },
  ...{ sizeBytes: 1, tables: [], problem: null },
});
const cluster = (...workers: AnnouncedAdapters[]) => clusterAdapters(() => Promise.resolve(workers));

it('lists an adapter that several workers have once, with its hash as soon as one knows it', async () => {
  const { loras } = cluster({ loras: [lora({})] }, { loras: [lora({ sha256: hash })] }, {});
  expect(await loras.list()).toEqual([lora({ sha256: hash })]);
  expect(await loras.get('loras/ink.safetensors')).toEqual(lora({ sha256: hash }));
  expect(await loras.misfit(lora({}), 'starter')).toEqual({ problem: null, unused: [] });
});

it('lists the embeddings of one name that lie in several folders, each under its file', async () => {
  const [upper, lower] = [embedding('embeddings/easy.pt'), embedding('embeddings/x/easy.pt')];
  const { embeddings } = cluster({ embeddings: [upper] }, { embeddings: [lower] });
  expect(await embeddings.list()).toEqual([upper, lower]);
  expect(await embeddings.get(lower.file)).toEqual(lower);
});

it('knows no family of a model that a worker of a newer version announces', async () => {
  const newer = 'wan' as 'flux';
  const { loras, vaes } = cluster({
    loras: [lora({ family: newer })],
    vaes: [vae({ families: [newer, 'flux'] })],
  });
  expect(await loras.list()).toMatchObject([{ family: null }]);
  expect(await vaes.list()).toMatchObject([{ families: ['flux'] }]);
});

const question = (facts: Partial<MisfitQuestion> = {}): MisfitQuestion => ({
  ...{ kind: 'loras', file: 'loras/ink.safetensors', sha256: hash, model: 'starter' },
  ...facts,
});

it('asks what keeps a LoRA or a control from fitting a model, and leaves to the job what nobody answers', async () => {
  const asked: MisfitQuestion[] = [];
  const misfit = { problem: 'fits nothing', unused: ['a'] };
  const { loras, controls, vaes } = clusterAdapters(
    () => Promise.resolve([]),
    (one) => {
      asked.push(one);
      return Promise.resolve(one.model === 'starter' ? misfit : undefined);
    },
  );
  const control = { ...lora({ sha256: hash }), kind: 'CONTROLNET' as const };
  expect(await loras.misfit(lora({ sha256: hash }), 'starter')).toEqual(misfit);
  expect(await controls.misfit(control, 'other')).toEqual({ problem: null, unused: [] });
  expect(await vaes.misfit(vae({}), 'starter')).toEqual({ problem: null, unused: [] });
  expect(asked).toEqual([question(), question({ kind: 'controls', model: 'other' })]);
});

it('has a worker answer that has announced the file with this content and knows how', () => {
  const worker = { loras: [lora({ sha256: hash })], comparesAdapters: true };
  expect(canAnswer(worker, question())).toBe(true);
  expect(canAnswer(worker, question({ sha256: 'b'.repeat(64) }))).toBe(false);
  expect(canAnswer(worker, question({ kind: 'controls' }))).toBe(false);
  expect(canAnswer({ loras: worker.loras }, question())).toBe(false);
});

it('answers for the file with the content that was asked about, and for no unknown kind', async () => {
  const catalogs = cluster({ loras: [lora({ sha256: hash })] });
  const fits = { problem: null, unused: [] };
  expect(await answerMisfit(question(), catalogs)).toEqual(fits);
  expect(await answerMisfit(question({ sha256: 'b'.repeat(64) }), catalogs)).toBeUndefined();
  expect(await answerMisfit(question({ kind: 'styles' as 'loras' }), catalogs)).toBeUndefined();
});
