import { parseValue, type GraphQLScalarType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildSchema } from '../../src/schema/index.ts';

const schema = buildSchema([]);
const scalar = (name: string) => schema.getType(name) as GraphQLScalarType;

describe('Seed', () => {
  const seed = scalar('Seed');

  test.each<[unknown, bigint]>([
    [0, 0n],
    [42, 42n],
    ['42', 42n],
    [Number.MAX_SAFE_INTEGER, 9007199254740991n],
    ['18446744073709551615', 18446744073709551615n],
    [-1, -1n],
    ['-1', -1n],
  ])('reads %o', (value, expected) => {
    expect(seed.parseValue(value)).toBe(expected);
  });

  test.each<[unknown]>([[-2], [1.5], ['-2'], ['1e3'], ['18446744073709551616'], [''], [true], [{}], [NaN]])(
    'refuses %o and says what it expects',
    (value) => {
      expect(() => seed.parseValue(value)).toThrow(
        /^Seed must be a whole number from 0 to 18446744073709551615 as Int or String, or -1 to draw one, got /,
      );
    },
  );

  test('does not repeat a text of any length', () => {
    expect(() => seed.parseValue('7'.repeat(1e6))).toThrow(/^.{1,250}$/);
  });

  test('says how to send a number that JSON has already rounded', () => {
    expect(() => seed.parseValue(2 ** 60)).toThrow(/give numbers beyond 2\^53 as a string$/);
  });

  test('reads literals of any size, written as Int or as String', () => {
    expect(seed.parseLiteral(parseValue('18446744073709551615'))).toBe(18446744073709551615n);
    expect(seed.parseLiteral(parseValue('"7"'))).toBe(7n);
    expect(() => seed.parseLiteral(parseValue('7.0'))).toThrow(
      'Seed must be an Int or a String, got FloatValue',
    );
  });

  test('is sent as a string', () => {
    expect(seed.serialize('18446744073709551615')).toBe('18446744073709551615');
    expect(seed.serialize(0n)).toBe('0');
  });
});

describe('DateTime', () => {
  test('is sent as ISO 8601 in UTC with milliseconds', () => {
    expect(scalar('DateTime').serialize(Date.UTC(2026, 0, 31, 12) + 5)).toBe('2026-01-31T12:00:00.005Z');
  });
});

describe('DateTime as an argument', () => {
  test('is a moment in any time zone', () => {
    expect(scalar('DateTime').parseValue('2024-02-29T23:59:59.5+01:00')).toBe(
      Date.UTC(2024, 1, 29, 22, 59, 59, 500),
    );
  });

  test.each([
    ['a day that the calendar does not have', '2026-02-30T00:00:00Z'],
    ['February 29 of a common year', '2026-02-29T00:00:00Z'],
    ['the hour 24', '2026-01-31T24:00:00Z'],
    ['no time zone', '2026-01-31T00:00:00'],
  ])('is refused: %s', (_what, value) => {
    expect(() => scalar('DateTime').parseValue(value)).toThrow(
      `DateTime must be an ISO 8601 text such as "2026-01-31T12:00:00Z", got "${value}"`,
    );
  });
});

describe('JSONObject', () => {
  const object = scalar('JSONObject');

  test('is read as it was sent', () => {
    const value = JSON.parse(
      '{"__proto__":{"a":[1.5,-0,1e-7,9007199254740991]},"constructor":null}',
    ) as unknown;
    expect(JSON.stringify(object.parseValue(value))).toBe(
      '{"__proto__":{"a":[1.5,0,1e-7,9007199254740991]},"constructor":null}',
    );
  });

  test.each([
    ['is infinite', '{"a":[{"b":1e400}]}', 'Infinity at a.0.b'],
    ['was rounded', '{"a":9007199254740993}', '9007199254740992 at a'],
  ])('is refused with a number that %s, in a variable and in a document', (_what, json, found) => {
    const message = `JSONObject must have numbers that JavaScript can hold, got ${found}; give it as a string`;
    expect(() => object.parseValue(JSON.parse(json))).toThrow(message);
    expect(() => object.parseLiteral(parseValue(json.replaceAll(/"(\w)"/g, '$1')))).toThrow(message);
  });
});

describe('Upload', () => {
  test('takes what an upload made of a part, and nothing else', () => {
    const blob = new Blob(['x']);
    expect(scalar('Upload').parseValue(blob)).toBe(blob);
    expect(() => scalar('Upload').parseValue('x')).toThrow(
      'Upload must be a part of a GraphQL multipart request, got string',
    );
    expect(() => scalar('Upload').parseLiteral(parseValue('"x"'))).toThrow(
      'Upload must be given as a variable of a GraphQL multipart request',
    );
  });
});
