import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/input-error.ts';
import { readUpload } from '../../src/sources/source-bytes.ts';

describe('readUpload', () => {
  const upload = (size: number) => new File([Buffer.alloc(size, 7)], 'a.png', { type: 'image/png' });

  it('gives the bytes of a file', async () => {
    expect(await readUpload(upload(5), 5)).toEqual(Buffer.alloc(5, 7));
  });

  it('refuses a file that is too large or empty', async () => {
    await expect(readUpload(upload(6), 5)).rejects.toEqual(
      new InputError('IMAGE_TOO_LARGE', ['input', 'image'], 'image: expected at most 5 bytes, got 6'),
    );
    await expect(readUpload(upload(0))).rejects.toEqual(
      new InputError('IMAGE_INVALID', ['input', 'image'], 'image: expected an image file, got an empty one'),
    );
  });
});
