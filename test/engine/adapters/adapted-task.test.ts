import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareLora } from '../../../src/engine/adapters/mismatch.ts';
import { CheckpointError, DivergedError } from '../../../src/engine/errors.ts';
import { openPipeline } from '../../../src/engine/pipeline/pipeline.ts';
import type { TaskLora } from '../../../src/engine/pipeline/types.ts';
import { safetensors, temporaryFolder } from '../checkpoint/safetensors-file.ts';
import { STARTER, task } from '../tasks.ts';
import { tinyLora } from './tiny-lora.ts';

const SMALL = { steps: 2, width: 64, height: 64, image: null, denoise: 1 } as const;

async function pictures() {
  const pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
  return async (...loras: TaskLora[]): Promise<string> => {
    const context = { signal: new AbortController().signal, emit: () => Promise.resolve() };
    const { images } = await pipeline.img2img(task({ ...SMALL, loras }), context);
    return Buffer.from(images[0]!.data).toString('base64');
  };
}

test('a LoRA changes the picture by its strengths, and leaves nothing behind', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'a.safetensors');
  const other = join(folder, 'b.safetensors');
  await writeFile(file, await tinyLora());
  await writeFile(other, await tinyLora({ seed: 2 }));
  const picture = await pictures();
  const plain = await picture();
  const lora = (strength: number, textStrength = strength, path = file) => ({
    file: path,
    strength,
    textStrength,
  });

  const found = {
    network: await picture(lora(1, 0)),
    text: await picture(lora(0, 1)),
    both: await picture(lora(1)),
    half: await picture(lora(0.5)),
    other: await picture(lora(1, 1, other)),
    two: await picture(lora(1), lora(1, 1, other)),
  };
  expect(new Set([plain, ...Object.values(found)]).size).toBe(7);
  expect(await picture(lora(0))).toBe(plain);
  expect(await picture()).toBe(plain);
  expect(await picture(lora(1))).toBe(found.both);
  expect(await picture(lora(0), lora(1, 1, other))).toBe(found.other);

  await writeFile(file, await tinyLora({ seed: 2 }));
  expect(await picture(lora(1))).toBe(found.other);
});

test('a LoRA that is gone, none, or damaged ends its task with an error about that file', async () => {
  const folder = await temporaryFolder();
  const picture = await pictures();
  const run = (name: string) => picture({ file: join(folder, name), strength: 1, textStrength: 1 });
  await expect(run('gone.safetensors')).rejects.toThrow(
    new CheckpointError('gone.safetensors: cannot be read: ENOENT: no such file or directory'),
  );
  await writeFile(join(folder, 'none.safetensors'), safetensors({ weight: { dtype: 'F32', shape: [1] } }));
  await expect(run('none.safetensors')).rejects.toThrow(
    /^none\.safetensors: does not fit starter\.safetensors/,
  );
  await writeFile(join(folder, 'nan.safetensors'), await tinyLora({ size: NaN }));
  await expect(run('nan.safetensors')).rejects.toThrow(
    /^nan\.safetensors: "lora_\S+" contains numbers that are not finite: the file is damaged/,
  );
});

test('an adapter whose numbers are finite and far too large ends its task at once, with the names of all in use', async () => {
  const folder = await temporaryFolder();
  const picture = await pictures();
  const lora = async (name: string, size: number): Promise<TaskLora> => {
    await writeFile(join(folder, name), await tinyLora({ size }));
    return { file: join(folder, name), strength: 1, textStrength: 0.5 };
  };
  const run = picture(await lora('huge$&.safetensors', 1e19), await lora('small.safetensors', 0.1));
  await expect(run).rejects.toThrow(DivergedError);
  await expect(run).rejects.toThrow(
    'in use were the LoRA huge$&.safetensors (strength 1, textStrength 0.5), the LoRA small.safetensors (strength 1, textStrength 0.5): ' +
      'lower a strength, or leave one out to find the cause',
  );
});

test.each([1e30, -1e7, Infinity, NaN])('the alpha %d of a LoRA is refused', async (alpha) => {
  const file = join(await temporaryFolder(), 'a.safetensors');
  const bytes = await tinyLora({ alpha });
  await writeFile(file, bytes);
  const { problem } = await compareLora(file, STARTER);
  expect(problem).toMatch(
    new RegExp(
      `^a\\.safetensors: "lora_unet_\\S+\\.alpha" is ${String(Math.fround(alpha)).replace('+', '\\+')}, expected a number from -1000000 to 1000000`,
    ),
  );
});

test.each([1, 1e6, -8, 0])('the alpha %d of a LoRA is taken', async (alpha) => {
  const file = join(await temporaryFolder(), 'a.safetensors');
  await writeFile(file, await tinyLora({ alpha }));
  expect((await compareLora(file, STARTER)).problem).toBeNull();
});
