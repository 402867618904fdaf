import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openCheckpoint } from '../src/engine/checkpoint/checkpoint.ts';
import { startEngine, type Img2ImgTask } from '../src/engine/index.ts';
import { createModel } from '../src/engine/pipeline/families.ts';
import { peakOf } from '../src/engine/pipeline/task-memory.ts';
import { CPU } from '../src/engine/runtime/device.ts';
import { ModelCache } from '../src/engine/runtime/model-cache.ts';
import { plainPlan } from '../src/engine/text/prompt-plan.ts';

/**
 * Compares the estimated and the measured anonymous memory of an engine process in a job of each size, each
 * in a new process (Linux):
 * `npm run bench -- memory <checkpoint> [--sizes 512,1024] [--cfg 8] [--memory-limit 16384]`
 *
 * The limit is in MB. Jobs are text-to-image with one step. Above half of the limit the decoder works in
 * tiles.
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: 'string', default: '512,1024' },
    cfg: { type: 'string', default: '8' },
    'memory-limit': { type: 'string', default: '16384' },
  },
});
const [path] = positionals;
if (path === undefined) throw new Error('usage: npm run bench -- memory <checkpoint> [--sizes 512,1024]');

const MB = 2 ** 20;
const memoryLimit = Number(values['memory-limit']) * MB;
const checkpoint = await openCheckpoint(path);

for (const side of values.sizes.split(',').map(Number)) {
  const task: Img2ImgTask = {
    ...{ checkpoint: checkpoint.path, prompt: 'a red house', negativePrompt: 'text', seed: 1n, batchSize: 1 },
    ...{ steps: 1, cfg: Number(values.cfg), samplerName: 'euler', scheduler: 'normal', denoise: 1 },
    ...{ width: side, height: side, image: null },
  };
  const megabytes = (bytes: number) => Math.round(bytes / MB);
  const [estimated, measured] = [await estimate(task), await measure(task)];
  console.log(
    JSON.stringify({
      side,
      estimatedMB: megabytes(estimated),
      measuredMB: megabytes(measured),
      ratio: Number((estimated / measured).toFixed(2)),
    }),
  );
}

async function estimate(task: Img2ImgTask): Promise<number> {
  const networks = new ModelCache({ device: CPU, memoryLimit });
  const model = createModel(checkpoint, networks);
  const prompts = { positive: plainPlan(task.prompt), negative: plainPlan(task.negativePrompt) };
  const request = {
    ...{ prompts, guided: task.cfg !== 1, encodesImage: false },
    ...{ batch: 1, height: task.height / model.cellSize, width: task.width / model.cellSize },
  };
  return peakOf({ task, model, request, networks, memoryLimit }, task);
}

/** Peak anonymous memory of the process, sampled every 20 ms. */
async function measure(task: Img2ImgTask): Promise<number> {
  const engine = startEngine({ device: 'cpu', memoryLimit });
  const { processId } = await engine.open();
  let peak = 0;
  const watch = setInterval(() => {
    const status = readFileSync(`/proc/${processId}/status`, 'utf8');
    peak = Math.max(peak, 1024 * Number(/RssAnon:\s+(\d+)/.exec(status)![1]));
  }, 20);
  await engine.run(task, { signal: new AbortController().signal, onEvent: () => undefined });
  clearInterval(watch);
  await engine.close();
  return peak;
}
