import { describe, expect, it } from 'vitest';
import type { NetworkGraph } from '../../src/engine/graph/graph.ts';
import { createModel } from '../../src/engine/pipeline/families.ts';
import { makeRoom, peakOf } from '../../src/engine/pipeline/task-memory.ts';
import { memoryOf } from '../../src/engine/runtime/device-memory.ts';
import { CPU, type Device } from '../../src/engine/runtime/device.ts';
import { ModelCache } from '../../src/engine/runtime/model-cache.ts';
import type { NetworkSource } from '../../src/engine/runtime/network-source.ts';
import { profilesOf } from '../../src/engine/runtime/profiles.ts';
import { plainPlan } from '../../src/engine/text/prompt-plan.ts';
import { emptyT5Chunk } from '../../src/engine/text/t5-tokenizer.ts';
import { realSizeCheckpoint } from './checkpoint/real-size.ts';
import { task } from './tasks.ts';

const GiB = 2 ** 30;
const T5_TOKENS = { ids: [emptyT5Chunk(256)], weights: [Array<number>(256).fill(1)] };
const card = (memoryBytes: number) => ({
  ...{ name: 'a card', driver: '580', computeCapability: '8.9', memoryUsedBytes: 0, memoryBytes },
});
const cuda: Device = { name: 'cuda', profile: profilesOf('cuda', 'auto')[0]!, reason: '' };

describe('what networks may take of a device', () => {
  const host = { memoryLimit: 16 * GiB };

  it.each([
    ['most of what the card has', host, 8 * GiB, Math.floor(0.9 * 8 * GiB)],
    ['DEVICE_MEMORY_LIMIT', { ...host, deviceMemoryLimit: 3 * GiB }, 8 * GiB, 3 * GiB],
    ['what the process may take, where nobody says what the card has', host, undefined, 16 * GiB],
  ])('is %s', async (_, limits, bytes, limit) => {
    const query = () =>
      bytes === undefined ? Promise.reject(new Error('no driver')) : Promise.resolve(card(bytes));
    const memory = await memoryOf(cuda, limits, query);
    expect(memory?.limit).toBe(limit);
    expect(await memory?.card()).toEqual(bytes === undefined ? undefined : card(bytes));
  });

  it('is nothing of its own on the CPU, and of no card that is not CUDA', async () => {
    const query = () => Promise.resolve(card(8 * GiB));
    expect(await memoryOf(CPU, host, query)).toBeUndefined();
    const webgpu: Device = { ...cuda, name: 'webgpu' };
    expect(await (await memoryOf(webgpu, host, query))?.card()).toBeUndefined();
  });
});

/** GiB of FLUX's transformer, and those of them that a step uploads to the smallest card. */
const UPLOADS: Readonly<Record<string, { readonly whole: number; readonly uploaded: number }>> = {
  F8_E4M3: { whole: 11.08, uploaded: 3.45 },
  F16: { whole: 22.15, uploaded: 3.73 },
};

describe.each([
  ['SDXL', 'sdxl', undefined, 8],
  ['FLUX.1-schnell in fp8', 'flux', 'F8_E4M3', 12],
  ['FLUX.1-schnell in f16', 'flux', 'F16', 24],
] as const)('%s at 1024²', (_, family, dtype, gibibytes) => {
  const open = async () => {
    const checkpoint = await realSizeCheckpoint(family, dtype);
    const { limit } = (await memoryOf(cuda, { memoryLimit: Infinity }, () =>
      Promise.resolve(card(gibibytes * GiB)),
    ))!;
    const events: string[] = [];
    const uploads: NetworkGraph[] = [];
    const networks = new ModelCache({
      device: cuda,
      memoryLimit: limit,
      load: (graph) => {
        events.push(`+${graph.name}`);
        uploads.push(graph);
        let isLoaded = true;
        return Promise.resolve({
          graph,
          run: () => {
            if (!isLoaded) uploads.push(graph);
            isLoaded = true;
            return Promise.resolve({});
          },
          release: () => {
            events.push(`-${graph.name}`);
            isLoaded = false;
            return Promise.resolve();
          },
        });
      },
    });
    const model = createModel(checkpoint, networks, () => Promise.resolve(T5_TOKENS));
    const large = task({ checkpoint: checkpoint.path, width: 1024, height: 1024, image: null });
    const request = {
      ...{ batch: 1, height: 128, width: 128, guided: family === 'sdxl', encodesImage: true },
      prompts: { positive: plainPlan('a'), negative: plainPlan('b') },
    };
    return {
      limit,
      networks,
      model,
      events,
      uploads,
      options: { task: large, model, request, networks, memoryLimit: limit },
    };
  };

  it(
    `fits a card of ${gibibytes} GB, part by part, with what a run takes, and needs more than one of 4 GB`,
    { timeout: 120_000 },
    async () => {
      const { limit, networks, model, options } = await open();
      expect(await peakOf(options, options.task)).toBeLessThan(limit);
      await makeRoom(options); // throws if it does not
      for (let job = 0; job < 2; job++)
        for (const source of await model.sources(options.request)) {
          await networks.open(source);
          expect(networks.bytes).toBeLessThan(limit);
        }
      await expect(makeRoom({ ...options, memoryLimit: 4 * GiB })).rejects.toThrow(
        /DEVICE_MEMORY_LIMIT is 4096 MB/,
      );
    },
  );

  const perStep = UPLOADS[dtype ?? 'none'];
  if (perStep)
    it(
      'keeps the first blocks of the transformer on the card and uploads the rest in each step, little of the whole',
      { timeout: 120_000 },
      async () => {
        const { limit, networks, model, uploads, options } = await open();
        await makeRoom(options);
        const sources = await model.sources(options.request);
        const transformer = sources.filter(({ name }) => name.startsWith('network'));
        const whole = transformer.reduce((sum, source) => sum + source.build(cuda.profile).heldBytes, 0);
        for (let step = 0; step < 4; step++) {
          uploads.length = 0;
          for (const source of transformer) {
            await (await networks.open(source)).run({});
            expect(networks.bytes).toBeLessThan(limit);
          }
          const bytes = uploads.reduce((sum, graph) => sum + graph.heldBytes, 0);
          expect((step === 0 ? whole - bytes : bytes) / GiB).toBeCloseTo(
            step === 0 ? 0 : perStep.uploaded,
            2,
          );
        }
        expect(whole / GiB).toBeCloseTo(perStep.whole, 2);
        // What is left free of the card has room for ONNX Runtime's arenas, each of which grows to a power of two.
        const inArenas = (source: NetworkSource) => {
          const { heldBytes, activationBytes } = source.build(cuda.profile);
          return heldBytes + 2 ** Math.ceil(Math.log2(activationBytes));
        };
        const [resident, passing] = [false, true].map((passes) =>
          transformer.filter((source) => source.passes === passes).map(inArenas),
        );
        expect(resident!.reduce((sum, bytes) => sum + bytes) + Math.max(...passing!)).toBeLessThan(
          gibibytes * GiB - 640 * 2 ** 20,
        );
        // The picture is decoded beside what stays.
        uploads.length = 0;
        for (const source of [...sources.slice(sources.indexOf(transformer.at(-1)!) + 1), ...transformer])
          await (await networks.open(source)).run({});
        const stayed = uploads.filter(({ name }) => name.startsWith('flux'));
        expect(stayed.map(({ name }) => name)).not.toContain('flux_double');
        expect(stayed.reduce((sum, graph) => sum + graph.heldBytes, 0) / GiB).toBeCloseTo(
          perStep.uploaded,
          2,
        );
      },
    );

  if (dtype === 'F16')
    it('stays on a card of 32 GB in one graph', { timeout: 120_000 }, async () => {
      const { networks, model, options } = await open();
      await makeRoom({ ...options, memoryLimit: 0.9 * 32 * GiB });
      expect(networks.bytes).toBe(0);
      const sources = (await model.sources(options.request)).filter(({ stays }) => stays);
      expect(sources.map((source) => source.build(cuda.profile).name)).toEqual(['flux']);
    });

  if (family === 'sdxl')
    it(
      'keeps the UNet on the card while text encoders and autoencoder come and go',
      { timeout: 120_000 },
      async () => {
        const { model, networks, events, options } = await open();
        await makeRoom(options);
        for (let job = 0; job < 3; job++)
          for (const source of await model.sources(options.request)) await networks.open(source);
        expect(events.filter((event) => event === '+unet')).toEqual(['+unet']);
        expect(events.filter((event) => event.startsWith('+vae_decoder')).length).toBeGreaterThan(1);
        expect(events.filter((event) => event === '+clip_g').length).toBeGreaterThan(1);
      },
    );
});
