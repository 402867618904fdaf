import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/input-error.ts';
import { checkImageUrl } from '../../src/sources/image-url.ts';

const failure = (url: string): string => {
  try {
    checkImageUrl(url);
  } catch (error) {
    if (error instanceof InputError) return `${error.code} ${error.field.join('.')}: ${error.message}`;
    throw error;
  }
  return 'none';
};

describe('An imageUrl', () => {
  it('has at most 2,048 characters, unless it is a data: URL', () => {
    const url = (length: number) => `https://a.example/${'x'.repeat(length - 18)}`;
    expect(failure(url(2048))).toBe('none');
    expect(failure(url(2049))).toBe(
      'INVALID_VALUE input.imageUrl: imageUrl: expected at most 2048 characters, or a data: URL, got 2049 characters',
    );
    expect(failure(`DATA:image/png;base64,${'A'.repeat(5000)}`)).toBe('none');
  });

  it.each([
    ['image/png', 'iVBORw0KGgoAAAANSUhEUgAA'],
    ['image/jpeg', `/9j/4AAQSkZJRgABAQ${'A'.repeat(3000)}`],
    ['image/webp', 'UklGRiQAAABXRUJQVlA4'],
    ['image/gif', 'R0lGODlhAQABAIAAAAAAAP'],
    ['image/avif', Buffer.from('\0\0\0\x1cftypavif\0\0').toString('base64')],
    ['image/avif', Buffer.from('\0\0\0\x20ftypavif\0\0').toString('base64')],
  ])('that is the bare base64 of %s gets a hint', (mediaType, base64) => {
    expect(failure(base64)).toContain(`got base64: put data:${mediaType};base64, before it`);
  });
});
