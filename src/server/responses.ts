import type { ServerResponse } from 'node:http';

/** Answers with a JSON document that must not be cached. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
}

/** Content security policy of a self-contained page; no other page may embed it. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'";

/** Policy of the studio: its own files and server, dropped pictures and previews. */
export const STUDIO_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** Policy of the playground, which has inline scripts, starts workers and connects to this server. */
export const PLAYGROUND_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' blob:; worker-src blob:; style-src 'self' 'unsafe-inline'; " +
  "img-src * data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** Sets the default headers of an answer: browsers must not treat it as a page. */
export function secure(response: ServerResponse): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('Referrer-Policy', 'no-referrer');
}

/** Answers with a page. */
export function sendHtml(response: ServerResponse, html: string): void {
  response.setHeader('Content-Security-Policy', PAGE_POLICY);
  send(response, 200, 'text/html; charset=utf-8', html);
}

/** Answers with text of a given content type. */
export function sendText(response: ServerResponse, type: string, text: string): void {
  send(response, 200, type, text);
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
