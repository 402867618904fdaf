import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { inspectCheckpoint } from '../../src/engine/checkpoint/inspect.ts';
import { checkNetworks } from '../../src/engine/networks/check.ts';
import { encode } from '../engine/checkpoint/encode.ts';
import { Finding } from './finding.ts';
import { hostileText, hostileValue, spoilt } from './hostile.ts';
import { type Gen, type Kind, parsesSoon, oneOf } from './kind.ts';

interface CheckpointCase {
  readonly header: string;
  /** Bytes behind the header, zeros. */
  readonly dataBytes: number;
  /** What the file says of the length of its header, where that is not true. */
  readonly announced: string | undefined;
  readonly sidecar: string | undefined;
}

interface Entry {
  dtype?: unknown;
  shape?: unknown;
  data_offsets?: unknown;
}

/** Headers as they are found, which are read to the end when one entry of thousands is changed. */
const HEADERS = ['sd15-f16', 'sdxl-f16', 'flux1-schnell-bf16'].map((name) => {
  const file = readFileSync(join(import.meta.dirname, '../golden/checkpoints', `${name}.safetensors`));
  return JSON.parse(file.toString('utf8', 8, 8 + Number(file.readBigUInt64LE()))) as Record<string, Entry>;
});

/** Checkpoints whose header is spoilt, and sidecars beside them. */
export const checkpoints: Kind<CheckpointCase> = {
  runs: 20,
  make: makeCheckpoint,
  parse: async (input) => {
    const folder = await mkdtemp(join(tmpdir(), 'latentql-fuzz-'));
    try {
      const path = join(folder, 'model.safetensors');
      await writeFile(path, bytesOf(input));
      if (input.sidecar !== undefined) await writeFile(join(folder, 'model.latentql.json'), input.sidecar);
      await parsesSoon(
        'inspectCheckpoint',
        async () => {
          mustBeTold(await inspectCheckpoint(path, checkNetworks), folder);
        },
        () => false,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

export function makeCheckpoint(gen: Gen): CheckpointCase {
  const header = structuredClone(oneOf<Record<string, Entry>>(gen, ...HEADERS));
  const keys = Object.keys(header);
  for (let changes = gen(fc.nat, 3); changes >= 0; changes--)
    changeEntry(gen, header, keys[gen(fc.nat, keys.length - 1)]!);
  return {
    header: spoilt(gen, JSON.stringify(header), [
      '{',
      '[',
      '"',
      ',',
      ':',
      '}',
      ']',
      '\\u0000',
      '"__proto__":{},',
    ]),
    dataBytes: oneOf<number>(gen, 0, 1, 1000, 3_000_000),
    announced:
      gen(fc.nat, 9) > 0 ? undefined : oneOf<string>(gen, '0', '1', '100000001', '18446744073709551615'),
    sidecar: gen(fc.nat, 2) > 0 ? undefined : sidecar(gen),
  };
}

/** The bytes of a case's checkpoint. */
export function bytesOf({ header, dataBytes, announced }: CheckpointCase): Buffer {
  const bytes = encode(header, new Uint8Array(dataBytes));
  if (announced !== undefined) bytes.writeBigUInt64LE(BigInt(announced));
  return bytes;
}

function changeEntry(gen: Gen, header: Record<string, unknown>, key: string): void {
  const present = header[key];
  const entry = typeof present === 'object' && present !== null ? (present as Entry) : {}; // spoilt before
  switch (gen(fc.nat, 6)) {
    case 0:
      Reflect.deleteProperty(header, key);
      break;
    case 1:
      entry.shape = gen(fc.boolean) ? hostileValue(gen) : [2 ** 31, 2 ** 31];
      break;
    case 2:
      entry.dtype = oneOf<unknown>(gen, 'F64', 'F8_E4M3', 'I32', 'constructor', 'F4', 5);
      break;
    case 3:
      entry.data_offsets = gen(fc.boolean) ? hostileValue(gen) : [0, 2 ** 53];
      break;
    case 4:
      header[hostileText(gen)] = entry;
      break;
    case 5:
      header[key.replace(/\d+/, oneOf<string>(gen, '4294967295', '99999', '-1', '1e9', 'constructor'))] =
        entry;
      break;
    case 6:
      header['__metadata__'] = hostileValue(gen);
      break;
  }
}

const sidecar = (gen: Gen): string => {
  const given = {
    prediction: oneOf<unknown>(gen, 'eps', 'v', 'flow', 'constructor', 5),
    unet: gen(fc.boolean) ? hostileValue(gen) : { num_heads: 2 ** 31, channel_mult: [1, 1e9] },
    recommended: gen(fc.boolean) ? hostileValue(gen) : { steps: 1e10, cfg: -1, samplerName: '__proto__' },
    latent_rgb: hostileValue(gen),
    [hostileText(gen)]: hostileValue(gen),
  };
  return spoilt(gen, JSON.stringify(given), ['{', '[', '"', ',']);
};

/** A file that cannot be used says why, in words made for that, and where it lies to nobody. */
function mustBeTold({ problem }: { problem: string | null }, folder: string): void {
  if (problem === null) return;
  if (problem.includes(folder)) throw new Finding(`a problem tells a path: ${problem}`);
  if (problem.length > 1000) throw new Finding(`a problem has ${problem.length} characters`);
  if (problem.includes(': cannot be used: '))
    throw new Finding(`an error that nobody has expected: ${problem}`);
}
