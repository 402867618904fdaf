import type { ServerResponse } from 'node:http';

/** Answers with a JSON document that is not to be kept. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
}

/** What a page that consists of itself alone may load; no other page may show it in a frame. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'";

/** The same for the studio: its files, its server, pictures that a person drops and previews. */
export const STUDIO_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** The same for the playground, which brings its scripts along, starts workers and talks to this server. */
export const PLAYGROUND_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' blob:; worker-src blob:; style-src 'self' 'unsafe-inline'; " +
  "img-src * data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** Gives an answer the headers that hold unless its route says otherwise: it is no page, whatever is in it. */
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
