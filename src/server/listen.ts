import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../config.ts';

/** The address to listen on. */
interface Place {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The variable that sets the port. */
  readonly setting: 'PORT' | 'WORKER_PORT';
}

/** Listens and resolves with the URL, without a trailing slash. Throws ConfigError if the address cannot be used. */
export async function listen(http: Server, place: Place): Promise<string> {
  http.listen(place.port, place.host);
  try {
    await once(http, 'listening');
  } catch (error) {
    throw new ConfigError(whyNotListening(error as NodeJS.ErrnoException, place));
  }
  const { address, family, port } = http.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function whyNotListening({ code, message }: NodeJS.ErrnoException, { host, port, setting }: Place): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${host}:${port} is in use by another program: stop it, or set ${setting} to another number (0 takes a free one).`;
    case 'EACCES':
      return `This user may not listen on port ${port}: set ${setting} to another number.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST ${host} is not an address of this machine.`;
    default:
      return `Cannot listen on ${host}:${port}: ${message}`;
  }
}
