import { homedir } from 'node:os';
import { join } from 'node:path';
import { ERROR_CODES } from '../../src/error-code.ts';
import { USER_ERROR_CODES } from '../../src/input-error.ts';
import { Finding } from './finding.ts';

/** Statuses of answers that are no fault of the server; 500 is always one. */
const STATUSES = [
  200, 204, 304, 400, 401, 403, 404, 405, 406, 408, 410, 411, 413, 415, 417, 429, 431, 503, 507,
];

/** Codes of answers outside GraphQL. */
const HTTP_CODES = ['BAD_REQUEST', 'NOT_FOUND', 'METHOD_NOT_ALLOWED'];

/** What a WebSocket is closed with, as docs/configuration.md has it; 1005 and 1006: without a code, without a closing frame. */
const CLOSE_CODES = [
  1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 4400, 4401, 4403, 4406, 4408, 4409, 4429,
];

/** Errors of this server alone, which tell how it is made. */
const CODES: readonly string[] = [...ERROR_CODES, ...USER_ERROR_CODES, ...HTTP_CODES];
const FAULT = 'INTERNAL_SERVER_ERROR';

const ROOT = join(import.meta.dirname, '../..');

/** What an answer may not tell: a stack, or where something lies on this machine. */
function checkText(text: string, folder: string): void {
  if (/\n\s+at .+:\d+:\d+/.test(text) || text.includes('node:internal')) {
    throw new Finding(`an answer has a stack: ${text.slice(0, 2000)}`);
  }
  const path = [ROOT, folder, homedir()].find((one) => one.length > 1 && text.includes(one));
  if (path !== undefined) throw new Finding(`an answer has the path ${path}: ${text.slice(0, 2000)}`);
}

/** Throws a Finding for an HTTP answer that is not one of the documented. */
export function checkAnswer(status: number, type: string, text: string, folder: string): void {
  if (!STATUSES.includes(status)) throw new Finding(`status ${status}: ${text.slice(0, 2000)}`);
  if (type.startsWith('image/') || type.startsWith('text/html')) return;
  checkText(text, folder);
  if (type.includes('json') && text !== '') checkJson(text);
  for (const [, json = ''] of text.matchAll(/^data: (\{.*\})$/gm)) checkJson(json);
}

/** Throws a Finding for a message of a WebSocket that is not one of the documented. */
export function checkMessage(text: string, folder: string): void {
  checkText(text, folder);
  checkJson(text);
}

/** Throws a Finding for a code that no WebSocket is closed with. */
export function checkClose(code: number): void {
  if (!CLOSE_CODES.includes(code)) throw new Finding(`a WebSocket was closed with ${code}`);
}

function checkJson(text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Finding(`an answer is no JSON: ${text.slice(0, 2000)}`);
  }
  for (const code of codesIn(value)) {
    if (code === FAULT || !CODES.includes(code))
      throw new Finding(`the code ${code}: ${text.slice(0, 2000)}`);
  }
}

/** The code of every error in an answer; an error without one has the code `none`. */
function codesIn(value: unknown): string[] {
  const { error, errors, payload } = (value ?? {}) as Record<string, unknown>;
  const list = [errors, payload].flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : []));
  const inner = typeof payload === 'object' && !Array.isArray(payload) ? codesIn(payload) : [];
  const codes = list.map((one) => codeOf((one as { extensions?: unknown }).extensions));
  return [...codes, ...inner, ...(error === undefined ? [] : [codeOf(error)])];
}

function codeOf(from: unknown): string {
  const { code } = (from ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'none';
}
