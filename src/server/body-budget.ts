import type { IncomingMessage, ServerResponse } from 'node:http';
import { BusyError, bytesUnderWay, type ByteBudget } from '../sources/byte-budget.ts';

/**
 * Counts the body of a request as it arrives, until it is answered. Where there is no room for it the request is answered
 * with 503 and Retry-After, and its connection ends: nobody reads the rest.
 */
export function countBody(
  request: IncomingMessage,
  response: ServerResponse,
  budget: ByteBudget = bytesUnderWay,
): void {
  const share = budget.open();
  response.once('close', share.release);
  const push = request.push.bind(request);
  // The parser hands each piece to `push`; a listener for data would take it from whoever reads the body.
  request.push = (piece: Buffer | null, encoding?: BufferEncoding) => {
    if (response.destroyed || response.writableEnded) return false;
    try {
      if (piece) share.take(piece.length);
    } catch (error) {
      if (!(error instanceof BusyError)) throw error;
      refuse(request, response, error);
      return false;
    }
    return push(piece, encoding);
  };
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { message, retryAfter }: BusyError,
): void {
  const { socket } = request;
  if (response.headersSent) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BUSY' } }] });
  response.writeHead(503, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Retry-After': retryAfter,
    Connection: 'close',
  });
  response.end(body, () => {
    socket.destroySoon();
  });
}
