/**
 * Text states for cross-attention: [tokens, width], row-major. The chunks of a prompt are concatenated along
 * the tokens, which is how a batch of chunks lies in memory.
 */
export interface TextStates {
  readonly tokens: number;
  readonly width: number;
  readonly data: Float32Array;
}

/**
 * Concatenates two encoders' states along the features, [L | G] for SDXL. The longer one is truncated to the
 * length of the shorter.
 */
export function joinFeatures(left: TextStates, right: TextStates): TextStates {
  const tokens = Math.min(left.tokens, right.tokens);
  const width = left.width + right.width;
  const data = new Float32Array(tokens * width);
  for (let token = 0; token < tokens; token++) {
    data.set(row(left, token), token * width);
    data.set(row(right, token), token * width + left.width);
  }
  return { tokens, width, data };
}

/**
 * Repeats both along the tokens to their least common length, so that prompts of different lengths fit in one
 * batch. Repetition does not change the result of attention.
 */
export function sameLength(a: TextStates, b: TextStates): [TextStates, TextStates] {
  const tokens = leastCommonMultiple(a.tokens, b.tokens);
  return [repeated(a, tokens), repeated(b, tokens)];
}

/** Pads states to a length with their last vector. */
export function padTokens({ tokens, width, data }: TextStates, length: number): TextStates {
  const padded = new Float32Array(length * width);
  padded.set(data);
  const last = data.subarray((tokens - 1) * width);
  for (let token = tokens; token < length; token++) padded.set(last, token * width);
  return { tokens: length, width, data: padded };
}

/** The pooled vector of a prompt: that of its first chunk. `pooled` is [chunks, width]. */
export const firstPooled = (pooled: Float32Array, width: number): Float32Array => pooled.slice(0, width);

const row = ({ data, width }: TextStates, token: number): Float32Array =>
  data.subarray(token * width, (token + 1) * width);

function repeated(states: TextStates, tokens: number): TextStates {
  if (states.tokens === tokens) return states;
  const data = new Float32Array(tokens * states.width);
  for (let at = 0; at < data.length; at += states.data.length) data.set(states.data, at);
  return { tokens, width: states.width, data };
}

/** The common length of two prompts' states when both are repeated. */
export const leastCommonMultiple = (a: number, b: number): number => (a * b) / greatestCommonDivisor(a, b);

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);
