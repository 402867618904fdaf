import type { IncomingMessage, ServerResponse } from 'node:http';
import { BusyError, bytesUnderWay, ByteBudget } from '../sources/byte-budget.ts';
import { BodyFile } from './body-file.ts';
import {
  MAX_BODY_BYTES,
  MAX_BODY_BYTES_IN_FILES,
  MAX_BODY_BYTES_IN_MEMORY,
  REFUSED_BODY_TIME,
} from './limits.ts';

/** Shared by the bodies of all requests. */
export interface BodyRoom {
  /** Folder of the temporary files; created on demand. */
  readonly folder: string;
  readonly memory?: ByteBudget;
  readonly files?: ByteBudget;
}

/** The budget of this process for bodies on disk. */
const bytesInFiles = new ByteBudget(MAX_BODY_BYTES_IN_FILES);

/**
 * Receives the body of a request: the beginning goes straight to the reader, the rest of a large one through a temporary file, so
 * that slow clients do not occupy memory. Without room for the body, the request is answered with 503 and Retry-After; one that is
 * too large with 413. The connection ends soon after.
 */
export function receiveBody(
  request: IncomingMessage,
  response: ServerResponse,
  { folder, memory = bytesUnderWay, files = bytesInFiles }: BodyRoom,
): void {
  const held = memory.open();
  const onDisk = files.open();
  let file: BodyFile | undefined;
  let arrived = 0;
  let isRefused = false;
  response.once('close', () => {
    held.release();
    onDisk.release();
    void file?.close();
  });
  const isOver = () => response.destroyed || response.writableEnded;
  const refuse = (error: unknown) => {
    if (isOver() || isRefused) return;
    isRefused = true;
    sendRefusal(response, error);
  };
  const push = request.push.bind(request);

  const store = (piece: Buffer) => {
    onDisk.take(piece.length);
    const waiting = memory.open();
    waiting.take(piece.length);
    file ??= new BodyFile(folder);
    file.append(piece).catch(refuse).finally(waiting.release);
  };
  const handOver = async (whole: BodyFile) => {
    held.take(whole.length);
    const rest = await whole.read();
    if (isOver() || isRefused) return;
    push(rest);
    push(null);
  };

  // The parser passes each piece to `push`; a listener for data would take it from the body's reader.
  request.push = (piece: Buffer | null, encoding?: BufferEncoding) => {
    if (isOver()) return false;
    if (isRefused) {
      if (!piece) response.end();
      return true;
    }
    try {
      if (!piece) {
        if (!file) return push(null);
        handOver(file).catch(refuse);
        return false;
      }
      arrived += piece.length;
      if (arrived > MAX_BODY_BYTES) throw new BodyTooLargeError();
      if (!file && arrived <= MAX_BODY_BYTES_IN_MEMORY) {
        held.take(piece.length);
        return push(piece, encoding);
      }
      store(piece);
      return true;
    } catch (error) {
      refuse(error);
      return false;
    }
  };
}

/** A body of more than MAX_BODY_BYTES. */
class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
  override readonly message = `A request may have at most ${MAX_BODY_BYTES} bytes, got more`;
}

/** Answers at once, and ends the connection a little later: a client that is still sending would otherwise see a reset instead. */
function sendRefusal(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { status, code, message, retryAfter } = refusalOf(error);
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...(retryAfter !== undefined && { 'Retry-After': retryAfter }),
    Connection: 'close',
  });
  response.write(body);
  const end = setTimeout(() => response.end(), REFUSED_BODY_TIME);
  response.once('close', () => {
    clearTimeout(end);
  });
}

/** The status and the error for a body that cannot be received. A failed write usually means a full disk. */
function refusalOf(error: unknown): { status: number; code: string; message: string; retryAfter?: number } {
  if (error instanceof BodyTooLargeError) {
    return { status: 413, code: 'REQUEST_ENTITY_TOO_LARGE', message: error.message };
  }
  if (error instanceof BusyError) {
    return { status: 503, code: 'BUSY', message: error.message, retryAfter: error.retryAfter };
  }
  const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
  const message = `The server cannot store this request (${reason})`;
  return { status: 503, code: 'STORAGE_FULL', message, retryAfter: 60 };
}
