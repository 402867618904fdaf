import type { Server, ServerResponse } from 'node:http';
import type { Refusals } from '../resolvers/refusals.ts';

/** An HTTP answer to a malformed request. */
interface Answer {
  readonly status: string;
  readonly message: string;
}

/** First byte of a TLS record with a handshake (RFC 8446, 5.1). */
const TLS_HANDSHAKE = 0x16;

/**
 * Answers with JSON what Node's parser refuses: by default Node sends a status alone. `underWay` are the answers that have begun;
 * nothing can be added to theirs.
 */
export function answerMalformed(
  http: Server,
  underWay: ReadonlySet<ServerResponse>,
  refusals: Pick<Refusals, 'note'>,
): void {
  http.on('clientError', (error: ClientError, socket) => {
    const hasBegun = [...underWay].some((response) => response.socket === socket && response.headersSent);
    if (!socket.writable || hasBegun || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const { status, message } = answerTo(error);
    refusals.note({ code: 'BAD_REQUEST', reason: message });
    const body = JSON.stringify({ error: { code: 'BAD_REQUEST', message } });
    socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      () => {
        socket.destroy();
      },
    );
  });
}

/** What Node gives its listeners: parser errors have a reason and the bytes. */
interface ClientError extends NodeJS.ErrnoException {
  readonly reason?: string;
  readonly rawPacket?: Buffer;
}

function answerTo({ code, reason, message, rawPacket }: ClientError): Answer {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return {
      status: '431 Request Header Fields Too Large',
      message:
        'the address and the headers may have 16 KiB together: send long documents and variables by POST',
    };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: '408 Request Timeout', message: 'the request took too long to arrive' };
  }
  if (rawPacket?.[0] === TLS_HANDSHAKE) {
    const remedy = 'use http://, or put a proxy with TLS in front of it';
    return { status: '400 Bad Request', message: `this server speaks HTTP, not HTTPS: ${remedy}` };
  }
  return { status: '400 Bad Request', message: `this is not a valid HTTP/1.1 request: ${reason ?? message}` };
}
