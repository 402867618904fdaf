/**
 * Text states as cross-attention reads them: [tokens, width], row-major. The chunks of a prompt lie one after the other
 * along tokens, which is how an encoder's batch of chunks lies in memory already.
 */
export interface TextStates {
  readonly tokens: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** Puts two encoders' states side by side on the feature axis, [L | G] for SDXL; the longer one is cut to the shorter. */
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

/** Repeats both along tokens to their least common length, so that prompts of different length fit one batch; attention does not notice. */
export function sameLength(a: TextStates, b: TextStates): [TextStates, TextStates] {
  const tokens = leastCommonMultiple(a.tokens, b.tokens);
  return [repeated(a, tokens), repeated(b, tokens)];
}

/** Fills states up to a length with their last vector. */
export function padTokens({ tokens, width, data }: TextStates, length: number): TextStates {
  const padded = new Float32Array(length * width);
  padded.set(data);
  const last = data.subarray((tokens - 1) * width);
  for (let token = tokens; token < length; token++) padded.set(last, token * width);
  return { tokens: length, width, data: padded };
}

/** The pooled state of a prompt is that of its first chunk; `pooled` is [chunks, width]. */
export const firstPooled = (pooled: Float32Array, width: number): Float32Array => pooled.slice(0, width);

const row = ({ data, width }: TextStates, token: number): Float32Array =>
  data.subarray(token * width, (token + 1) * width);

function repeated(states: TextStates, tokens: number): TextStates {
  if (states.tokens === tokens) return states;
  const data = new Float32Array(tokens * states.width);
  for (let at = 0; at < data.length; at += states.data.length) data.set(states.data, at);
  return { tokens, width: states.width, data };
}

/** The length at which two prompts' states meet when each is repeated. */
export const leastCommonMultiple = (a: number, b: number): number => (a * b) / greatestCommonDivisor(a, b);

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);
