import { sizeOf, type NetworkGraph } from '../src/engine/graph/graph.ts';
import type { InputValues } from '../src/engine/runtime/session.ts';

/** Values for each input of a network: small numbers, or token 0. */
export function sineInputs({ inputs }: NetworkGraph): Record<string, InputValues> {
  return Object.fromEntries(
    inputs.map(({ name, dtype, shape }) => [
      name,
      dtype === 'I64'
        ? new BigInt64Array(sizeOf(shape))
        : Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i) / 2),
    ]),
  );
}
