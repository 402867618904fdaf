import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPipeline } from '../../../src/engine/pipeline/pipeline.ts';
import { inDiffusersLayout } from '../checkpoint/diffusers-vae.ts';
import { readTensors } from '../checkpoint/repack.ts';
import { safetensors, temporaryFolder } from '../checkpoint/safetensors-file.ts';
import { task } from '../tasks.ts';

const SMALL = { steps: 1, width: 64, height: 64 } as const;
const FIRST_STAGE = 'first_stage_model.';

/** The autoencoder of a checkpoint without its prefix. */
async function vaeOf(checkpoint: string): Promise<Awaited<ReturnType<typeof readTensors>>> {
  const all = Object.entries(await readTensors(`test/golden/checkpoints/${checkpoint}.safetensors`));
  return Object.fromEntries(
    all
      .filter(([key]) => key.startsWith(FIRST_STAGE))
      .map(([key, tensor]) => [key.slice(FIRST_STAGE.length), tensor]),
  );
}

test("another file's autoencoder encodes and decodes, in either layout, until the next task has none", async () => {
  const folder = await temporaryFolder();
  const pipeline = await openPipeline({ device: 'cpu', memoryLimit: 2 ** 30 });
  const picture = async (name?: string, denoise = 0) => {
    const context = { signal: new AbortController().signal, emit: () => Promise.resolve() };
    const vae = name === undefined ? {} : { vae: join(folder, name) };
    const { images } = await pipeline.img2img(
      task({ ...SMALL, denoise, ...vae, image: square(64) }),
      context,
    );
    return Buffer.from(images[0]!.data).toString('base64');
  };
  const [sd, sdxl] = [await vaeOf('sd15-f16'), await vaeOf('sdxl-f16')];
  await writeFile(join(folder, 'sd.safetensors'), safetensors(sd));
  await writeFile(join(folder, 'sdxl.safetensors'), safetensors(sdxl));
  await writeFile(join(folder, 'diffusers.safetensors'), safetensors(inDiffusersLayout(sd)));
  await writeFile(join(folder, 'half.safetensors'), safetensors({ ...sd, 'decoder.conv_out.bias': NOTHING }));
  const plain = await picture();
  const found = await picture('sd.safetensors');
  expect(found).not.toBe(plain);
  expect(await picture('sdxl.safetensors')).not.toBe(found);
  expect(await picture('diffusers.safetensors')).toBe(found);
  expect(await picture()).toBe(plain);
  await writeFile(join(folder, 'sd.safetensors'), safetensors(sdxl));
  expect(await picture('sd.safetensors')).toBe(await picture('sdxl.safetensors'));

  await expect(picture('half.safetensors')).rejects.toThrow(
    /^half\.safetensors: "decoder\.conv_out\.bias" has shape/,
  );
  await expect(picture('gone.safetensors')).rejects.toThrow(/^gone\.safetensors: cannot be read: ENOENT/);
  const ae = await readTensors('test/golden/checkpoints/ae.safetensors');
  await writeFile(join(folder, 'ae.safetensors'), safetensors(ae));
  await expect(picture('ae.safetensors')).rejects.toThrow(
    /takes 16 channels, expected 4: it is the VAE of another/,
  );
}, 60_000);

const NOTHING = { dtype: 'F16', shape: [1], bytes: new Uint8Array(2) } as const;

const square = (side: number) => ({
  width: side,
  height: side,
  data: Uint8Array.from({ length: 3 * side * side }, (_, i) => (i * 7) % 256),
});
