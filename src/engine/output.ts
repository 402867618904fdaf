import type { Readable } from 'node:stream';

/** Milliseconds of silence after which the output so far is one record: a stack trace arrives all at once. */
const PAUSE = 50;

/** Maximum characters of a record. Longer output is cut, at the end of a line if possible. */
const LONGEST = 16_384;

/**
 * Calls `receive` with the output of a stream. Lines that arrive together are one record, without surrounding
 * blank lines.
 */
export function readRecords(stream: Readable, receive: (record: string) => void): void {
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  const pass = (text: string) => {
    const record = text.replace(/^(?:[^\S\n]*\n)+|\s+$/g, '');
    if (record !== '') receive(record);
  };
  const flush = () => {
    const record = pending;
    pending = '';
    pass(record);
  };
  stream.setEncoding('utf8').on('data', (text: string) => {
    pending += text;
    while (pending.length >= LONGEST) {
      const end = pending.lastIndexOf('\n', LONGEST - 1) + 1 || LONGEST;
      pass(pending.slice(0, end));
      pending = pending.slice(end);
    }
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE).unref();
  });
  stream.once('close', () => {
    clearTimeout(timer);
    flush();
  });
}
