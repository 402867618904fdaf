import { expect, it } from 'vitest';
import type { LoraInfo, VaeInfo } from '../../src/models/adapter-catalog.ts';
import { clusterAdapters, type AnnouncedAdapters } from '../../src/models/cluster-adapters.ts';

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
