import { describe, expect, it } from 'vitest';
import { Mt19937 } from '../../../src/engine/random/mt19937.ts';
import { TorchGenerator } from '../../../src/engine/random/normal.ts';

describe('Mt19937', () => {
  it('gives the first words of the reference implementation, and its ten thousandth', () => {
    const twister = new Mt19937(5489);
    const words = Array.from({ length: 10_000 }, () => twister.word());
    expect(words.slice(0, 5)).toEqual([3499211612, 581869302, 3890346734, 3586334585, 545404204]);
    expect(words[9_999]).toBe(4123659995);
  });

  it('makes a 53-bit uniform of two words, the first one on top', () => {
    const twister = new Mt19937(5489);
    expect(twister.uniform53()).toBe(((3499211612 % 2 ** 21) * 2 ** 32 + 581869302) / 2 ** 53);
  });
});

describe('TorchGenerator', () => {
  it('repeats itself for equal seeds, and only the low 32 bits count', () => {
    const noise = new TorchGenerator(42n).normal(140);
    expect(new TorchGenerator(42n).normal(140)).toEqual(noise);
    expect(new TorchGenerator(42n + (1n << 32n)).normal(140)).toEqual(noise);
    expect(new TorchGenerator(43n).normal(140)).not.toEqual(noise);
  });

  it('draws the last 16 values anew when they do not fill a block', () => {
    const whole = new TorchGenerator(7n).normal(48);
    const ragged = new TorchGenerator(7n).normal(47);
    expect(ragged.subarray(0, 31)).toEqual(whole.subarray(0, 31));
    expect(ragged.subarray(31)).not.toEqual(whole.subarray(31, 47));
  });

  it('keeps the second half of a small draw for the next small draw, past a large one', () => {
    const generator = new TorchGenerator(3n);
    const pairs = new TorchGenerator(3n).normal(4);
    expect(generator.normal(3)).toEqual(pairs.subarray(0, 3));
    generator.normal(16);
    expect(generator.normal(1)).toEqual(pairs.subarray(3));
  });

  it('draws nothing for a count of 0', () => {
    expect(new TorchGenerator(0n).normal(0)).toEqual(new Float32Array(0));
  });

  it('is standard normal', () => {
    const noise = new TorchGenerator(12n).normal(262_144);
    const mean = noise.reduce((sum, x) => sum + x, 0) / noise.length;
    const variance = noise.reduce((sum, x) => sum + (x - mean) ** 2, 0) / noise.length;
    const beyondTwo = noise.filter((x) => Math.abs(x) > 2).length / noise.length;
    expect(mean).toBeCloseTo(0, 2);
    expect(variance).toBeCloseTo(1, 2);
    expect(beyondTwo).toBeCloseTo(0.0455, 2);
  });
});
