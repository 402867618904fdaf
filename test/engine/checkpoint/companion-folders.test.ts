import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { companionFolders, findCompanion } from '../../../src/engine/checkpoint/companion-folders.ts';
import { temporaryFolder } from './safetensors-file.ts';

async function tree(...files: string[]): Promise<string> {
  const root = await temporaryFolder();
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), 'x');
  }
  return root;
}

const foldersOf = async (root: string, checkpoint: string) =>
  (await companionFolders(join(root, checkpoint))).map((folder) => relative(root, folder));

describe('the companions of a checkpoint', () => {
  it.each(['checkpoints', 'Stable-diffusion', 'diffusion_models', 'unet', 'UNET'])(
    'are looked for in the tree around %s',
    async (name) => {
      const root = await tree('vae/a', 'text_encoders/b', 'clip/c', 'loras/d');
      const around = ['vae', 'text_encoders', 'clip'];
      expect(await foldersOf(root, `${name}/m.safetensors`)).toEqual([name, ...around]);
      expect(await foldersOf(root, `${name}/flux/dev/m.safetensors`)).toEqual([
        `${name}/flux/dev`,
        ...around,
      ]);
    },
  );

  it('are looked for below the own folder, too, and in the folders of makers two levels deep', async () => {
    const root = await tree('mine/VAE/a', 'mine/text_encoder/t5/x/y/z');
    const parts = ['mine/VAE', 'mine/text_encoder', 'mine/text_encoder/t5', 'mine/text_encoder/t5/x'];
    expect(await foldersOf(root, 'mine/m.safetensors')).toEqual(['mine', ...parts]);
    expect(await foldersOf(root, 'other/m.safetensors')).toEqual(['other']);
  });

  it('are found behind links, the own folder first', async () => {
    const root = await tree('elsewhere/ae.safetensors', 'unet/m.safetensors');
    await symlink(join(root, 'elsewhere'), join(root, 'vae'));
    await symlink(join(root, 'nowhere'), join(root, 'clip'));
    const found = () => findCompanion(join(root, 'unet/m.safetensors'), ['ae.safetensors', 'ae.sft']);
    expect(await found()).toEqual({ path: join(root, 'vae/ae.safetensors'), sizeBytes: 1 });
    await writeFile(join(root, 'unet/ae.sft'), 'xx');
    expect(await found()).toEqual({ path: join(root, 'unet/ae.sft'), sizeBytes: 2 });
  });

  it('may be nowhere', async () => {
    expect(await findCompanion('/nowhere/m.safetensors', ['ae.safetensors'])).toBeUndefined();
  });
});
