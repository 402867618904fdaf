import type { Readable } from 'node:stream';

/** Milliseconds of silence after which what was printed is a record: a stack trace comes at once. */
const PAUSE = 50;

/** Characters of a record; what goes on without a pause is cut there, at the end of a line. */
const LONGEST = 16_384;

/** Calls `receive` with what a stream prints: lines that come together are one record, without the blank ones around them. */
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
