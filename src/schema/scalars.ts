import { GraphQLError, Kind, valueFromASTUntyped } from 'graphql';
import type { Builder } from './builder.ts';

const MAX_SEED = 2n ** 64n - 1n;

/** An unsigned 64-bit number from an Int or a String, or -1. Throws GraphQLError. */
function parseSeed(value: unknown): bigint {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (text === '-1') return -1n;
  if (typeof text === 'string' && /^\d{1,20}$/.test(text)) {
    const seed = BigInt(text);
    if (seed <= MAX_SEED) return seed;
  }
  const hint =
    typeof value === 'number' && value > Number.MAX_SAFE_INTEGER
      ? '; give numbers beyond 2^53 as a string'
      : '';
  const found = JSON.stringify(value).slice(0, 100);
  throw new GraphQLError(
    `Seed must be a whole number from 0 to ${MAX_SEED} as Int or String, or -1 to draw one, got ${found}${hint}`,
  );
}

/** Milliseconds since the epoch of an ISO 8601 text with a time zone. Throws GraphQLError. */
function parseDateTime(value: unknown): number {
  const [, date, hour] = typeof value === 'string' ? (DATE_TIME.exec(value) ?? []) : [];
  const milliseconds = date !== undefined && hour !== '24' ? Date.parse(value as string) : NaN;
  if (!Number.isNaN(milliseconds) && isInCalendar(date!)) return milliseconds;
  const found = JSON.stringify(value).slice(0, 100);
  throw new GraphQLError(`DateTime must be an ISO 8601 text such as "2026-01-31T12:00:00Z", got ${found}`);
}

const DATE_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d).*(?:Z|[+-]\d\d:\d\d)$/;

/** Whether there is such a day: JavaScript takes February 30 for March 2. */
const isInCalendar = (date: string): boolean => new Date(date).toISOString().startsWith(date);

/** Only what the multipart parser made of an uploaded part is one. Throws GraphQLError. */
function parseUpload(value: unknown): Blob {
  if (
    typeof value === 'object' &&
    value !== null &&
    'arrayBuffer' in value &&
    typeof value.arrayBuffer === 'function'
  ) {
    return value as Blob;
  }
  throw new GraphQLError(
    `Upload must be a part of a GraphQL multipart request, got ${value === null ? 'null' : typeof value}`,
  );
}

/** A JSON object, however deep; not an array, text, number or null. Throws GraphQLError. */
function parseJsonObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GraphQLError(`JSONObject must be an object, got ${JSON.stringify(value).slice(0, 100)}`);
  }
  const changed = changedNumber(value);
  if (!changed) return { ...value };
  throw new GraphQLError(
    `JSONObject must have numbers that JavaScript can hold, got ${changed.number} at ${changed.path}; give it as a string`,
  );
}

/** A number that reading has changed: an integer beyond 2^53, which was rounded, or what became infinite. */
function changedNumber(value: unknown, path = ''): { number: number; path: string } | undefined {
  if (typeof value === 'number') {
    const isKept = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
    return isKept ? undefined : { number: value, path };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const found = changedNumber(part, path === '' ? key : `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

/** Seed, DateTime, ByteCount, JSONObject and Upload. */
export function addScalars(builder: Builder): void {
  builder.scalarType('Seed', {
    description:
      'An unsigned 64-bit integer. Accepts an Int or a String of digits; always returned as a String. -1 and null draw a seed.',
    serialize: String,
    parseValue: parseSeed,
    parseLiteral: (node) => {
      if (node.kind === Kind.INT || node.kind === Kind.STRING) return parseSeed(node.value);
      throw new GraphQLError(`Seed must be an Int or a String, got ${node.kind}`, { nodes: [node] });
    },
  });
  builder.scalarType('DateTime', {
    description: 'A point in time: ISO 8601 in UTC with milliseconds, such as 2026-01-31T12:00:00.000Z.',
    specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
    serialize: (milliseconds) => new Date(milliseconds).toISOString(),
    parseValue: parseDateTime,
  });
  builder.scalarType('ByteCount', {
    description: 'A whole number of bytes. A JSON number that may exceed an Int.',
    serialize: (bytes) => bytes,
  });
  builder.scalarType('JSONObject', {
    description: 'Any JSON object; it is returned as it was sent.',
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
    serialize: (value) => value,
    parseValue: parseJsonObject,
    parseLiteral: (node, variables) => parseJsonObject(valueFromASTUntyped(node, variables)),
  });
  builder.scalarType('Upload', {
    description: 'A file that is uploaded with a GraphQL multipart request.',
    specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
    serialize: () => {
      throw new GraphQLError('Upload is never an output');
    },
    parseValue: parseUpload,
    parseLiteral: (node) => {
      throw new GraphQLError('Upload must be given as a variable of a GraphQL multipart request', {
        nodes: [node],
      });
    },
  });
}
