import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { DEVICE_NAMES, type DeviceName } from './engine/runtime/device.ts';
import { hashedKey, type Key, KEY_NAME, type Role, ROLES } from './keys/key.ts';
import { beginning } from './store-urls.ts';

/** A device: its provider, and the number of the graphics card. */
export interface DeviceChoice {
  readonly device: DeviceName;
  readonly deviceIndex?: number;
}

/** The message of an invalid variable: what was expected, what was given. */
export const expecting =
  (expected: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    `expected ${expected}, got ${JSON.stringify(input)}`;

/** One of several words. */
export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, { error: expecting(`one of ${names.join(', ')}`) });

const UNITS: ReadonlyMap<string, number> = new Map<string, number>([
  ['', 1],
  ['k', 2 ** 10],
  ['m', 2 ** 20],
  ['g', 2 ** 30],
  ['t', 2 ** 40],
]);

/** A size such as 8GB or 512MB, in bytes. */
export const byteSize = z.string().transform((text, context) => {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text.trim());
  const bytes = match ? Math.floor(Number(match[1]) * UNITS.get(match[2]!.toLowerCase())!) : 0;
  if (bytes > 0) return bytes;
  context.addIssue({ code: 'custom', message: `expected a size such as 8GB or 512MB, got "${text}"` });
  return z.NEVER;
});

/** A size of memory of 1 MB or more, so that "8" is not taken as 8 bytes. */
export const memorySize = byteSize.refine((bytes) => bytes >= 2 ** 20, {
  error: ({ input }) => `expected a size such as 8GB or 512MB, got ${String(input)} bytes`,
});

/** 0, or a size. */
export const sizeOrNone = z
  .string()
  .transform((text) => (/^\s*0+\s*$/.test(text) ? undefined : text))
  .pipe(byteSize.optional())
  .transform((bytes) => bytes ?? 0);

const SPANS: ReadonlyMap<string, number> = new Map<string, number>([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** A duration in milliseconds: 0, or a number with its unit from `least` to `most`. */
export const span = (least: string, most: string) =>
  z.string().transform((text, context) => {
    const value = milliseconds(text);
    if (value === 0 || (value >= milliseconds(least) && value <= milliseconds(most))) return value;
    const expected = `expected 0 or a time from ${least} to ${most}, such as 90s, 30m, 12h or 7d`;
    context.addIssue({ code: 'custom', message: `${expected}, got "${text}"` });
    return z.NEVER;
  });

/** Milliseconds of a duration such as 90s, 30m, 12h or 7d; NaN for other texts. */
export function milliseconds(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([smhd])$/i.exec(text.trim()) ?? [];
  if (/^0+$/.test(text.trim())) return 0;
  return number === undefined ? NaN : Math.round(Number(number) * SPANS.get(unit!.toLowerCase())!);
}

/** A whole number from `least` to `most`. */
export const integer = (least: number, most: number) =>
  z.string().transform((text, context) => {
    const value = Number(text);
    if (/^\s*\d+\s*$/.test(text) && value >= least && value <= most) return value;
    context.addIssue({
      code: 'custom',
      message: `expected a whole number from ${least} to ${most}, got "${text}"`,
    });
    return z.NEVER;
  });

/** An http or https URL. Errors do not show the value, which may contain a password anywhere. */
export const baseUrl = z.string().refine((text) => URL.canParse(text) && /^https?:\/\/[^?#@]+$/i.test(text), {
  error: ({ input }) =>
    `expected an http or https URL without user, query and fragment, got ${beginning(String(input))}`,
});

/** Comma-separated entries. `read` returns the parsed entry or its problem; errors do not show the entry itself. */
const secrets = <Entry>(what: string, read: (entry: string) => Entry | { readonly wrong: string }) =>
  z.string().transform((text, context): Entry[] => {
    const entries = text.split(',').map((entry) => entry.trim());
    const given = entries.filter(Boolean);
    if (given.length === 0) {
      context.addIssue({ code: 'custom', message: `expected ${what} separated by commas, got none` });
      return z.NEVER;
    }
    return given.flatMap((entry) => {
      const result = read(entry);
      if (typeof result !== 'object' || result === null || !('wrong' in result)) return [result];
      const message = `entry ${entries.indexOf(entry) + 1} ${result.wrong}`;
      context.addIssue({ code: 'custom', message });
      return [];
    });
  });

/** Bearer keys. */
export const apiKeys = secrets<string>('keys', (key) =>
  /^[\x21-\x7e]+$/.test(key)
    ? key
    : { wrong: 'contains blanks or non-ASCII characters, which no client can send' },
);

/** Keys by their hash: `<name>:<role>:<SHA-256>`, where name and role are optional. */
export const apiKeyHashes = secrets<Key>('<name>:<role>:<SHA-256 of a key>', (entry) => {
  const [hash = '', role = 'submit', name = `key-${hash.slice(0, 6)}`, ...more] = hashParts(entry);
  if (!/^[0-9a-f]{64}$/i.test(hash))
    return { wrong: 'does not end in the SHA-256 of a key (64 hexadecimal digits)' };
  if (!ROLES.includes(role as Role)) return { wrong: `has a role other than ${ROLES.join(', ')}` };
  if (!KEY_NAME.test(name) || more.length > 0) return { wrong: 'is not <name>:<role>:<SHA-256 of a key>' };
  return hashedKey(name, role as Role, hash.toLowerCase());
});

/** Hash, role and name; an entry of two parts has no role. */
function hashParts(entry: string): string[] {
  const parts = entry.split(':');
  return parts.length === 2 ? [parts[1]!, 'submit', parts[0]!] : parts.reverse();
}

/** The trimmed entries of a comma-separated list, each of which must be `isValid`. */
export const listOf = (isValid: (entry: string) => boolean, expected: string) =>
  z.string().transform((text, context) => {
    const entries = text.split(',').map((entry) => entry.trim().toLowerCase());
    const wrong = entries.find((entry) => !isValid(entry));
    if (wrong === undefined) return entries;
    context.addIssue({ code: 'custom', message: `expected ${expected}, got "${wrong}"` });
    return z.NEVER;
  });

/** Whether a text is a host name or `*`. */
export const isHostName = (text: string): boolean =>
  text === '*' || (URL.canParse(`http://${text}`) && new URL(`http://${text}`).hostname === text);

/** Whether a text is an origin such as https://app.example, or `*`. */
export const isOrigin = (text: string): boolean =>
  text === '*' || (URL.canParse(text) && new URL(text).origin === text);

/** Whether a text is an address, a range such as 10.0.0.0/8, `loopback` or `private`. */
export const isProxyRange = (text: string): boolean =>
  text === 'loopback' || text === 'private' || ipaddr.isValid(text) || ipaddr.isValidCIDR(text);

/** Devices such as `auto`, `cpu` or `cuda:0,cuda:1`. */
export const devices = z.string().transform((text, context) => {
  const choices: DeviceChoice[] = [];
  for (const part of text.split(',').map((word) => word.trim())) {
    const [, name, index] = /^([a-z]+)(?::(\d{1,2}))?$/.exec(part) ?? [];
    const device = DEVICE_NAMES.find((known) => known === name);
    if (!device || (index !== undefined && device !== 'cuda')) {
      const expected = `expected ${DEVICE_NAMES.join(', ')}, cuda:<number>, or a list of such with commas`;
      context.addIssue({ code: 'custom', message: `${expected}, got "${part}"` });
      return z.NEVER;
    }
    choices.push(index === undefined ? { device } : { device, deviceIndex: Number(index) });
  }
  return choices;
});
