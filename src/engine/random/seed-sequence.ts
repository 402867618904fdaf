/*
 * numpy's SeedSequence (O'Neill, "Developing a seed_seq alternative", 2015) with a pool of 24 words, as torchsde uses
 * it to give every node of a Brownian tree its own seed. All arithmetic is modulo 2^32.
 */
const POOL_SIZE = 24;
const INIT_A = 0x43b0d7e5;
const MULT_A = 0x931e8875;
const INIT_B = 0x8b51f9dd;
const MULT_B = 0x58f38ded;
const MIX_LEFT = 0xca01f9dd;
const MIX_RIGHT = 0x4973f715;

/**
 * First 32-bit output word of the sequence of an unsigned `entropy` integer and a spawn key of unsigned
 * integers.
 */
export function seedWord(entropy: bigint, spawnKey: readonly number[] = []): number {
  const words = toWords(entropy);
  if (spawnKey.length > 0) {
    while (words.length < POOL_SIZE) words.push(0); // so that a key cannot be mistaken for longer entropy
    for (const element of spawnKey) words.push(...toWords(BigInt(element)));
  }
  const word = hasher(INIT_B, MULT_B)(pool(words)[0]!);
  return word >>> 0;
}

/** 32-bit words, lowest first; at least one. */
function toWords(value: bigint): number[] {
  const words = [];
  do {
    words.push(Number(BigInt.asUintN(32, value)));
    value >>= 32n;
  } while (value > 0n);
  return words;
}

function pool(words: readonly number[]): Int32Array {
  const hash = hasher(INIT_A, MULT_A);
  const pool = Int32Array.from({ length: POOL_SIZE }, (_, i) => hash(words[i] ?? 0));
  for (let from = 0; from < POOL_SIZE; from++) {
    for (let to = 0; to < POOL_SIZE; to++) {
      if (to !== from) pool[to] = mix(pool[to]!, hash(pool[from]!));
    }
  }
  for (const word of words.slice(POOL_SIZE)) {
    for (let to = 0; to < POOL_SIZE; to++) pool[to] = mix(pool[to]!, hash(word));
  }
  return pool;
}

/** A hash whose constant changes with every call. */
function hasher(constant: number, multiplier: number): (value: number) => number {
  return (value) => {
    value ^= constant;
    constant = Math.imul(constant, multiplier);
    value = Math.imul(value, constant);
    return value ^ (value >>> 16);
  };
}

function mix(x: number, y: number): number {
  const result = Math.imul(MIX_LEFT, x) - Math.imul(MIX_RIGHT, y);
  return result ^ (result >>> 16);
}
