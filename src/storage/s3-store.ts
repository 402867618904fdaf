import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ConfigError } from '../config.ts';
import { mustBeHash } from './hash.ts';
import {
  StorageFullError,
  StorageUnavailableError,
  type ObjectStore,
  type StoredBytes,
} from './object-store.ts';

/** Error codes of servers for a full bucket. */
const FULL = /Quota|StorageFull|InsufficientStorage|EntityTooLarge/i;

/** Milliseconds in which a bucket must take or send something, and answer a check with all retries; the SDK would wait for ever. */
const PATIENCE = 5_000;

/**
 * Objects `<prefix>/<sha256>` in an S3 bucket, shared by any number of processes. Endpoint, region and keys come from where the
 * AWS SDK looks: AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, profiles, roles.
 */
export class S3Store implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  private constructor(client: S3Client, bucket: string, prefix: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /** Opens `s3://bucket/prefix`. Throws ConfigError if the bucket cannot be reached. */
  static async open(url: string): Promise<S3Store> {
    const { hostname: bucket, pathname } = new URL(url);
    const path = pathname.replace(/^\/+|\/+$/g, '');
    const client = new S3Client({
      // Self-hosted endpoints rarely have a host name for each bucket.
      forcePathStyle: ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'].some((name) => process.env[name]),
      // The name of an object is its checksum; some servers do not support others.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: PATIENCE, socketTimeout: PATIENCE },
    });
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
    } catch (error) {
      client.destroy();
      throw new ConfigError(`STORAGE_URL: the bucket ${bucket} cannot be used: ${reasonOf(error)}`);
    }
    return new S3Store(client, bucket, path === '' ? '' : `${path}/`);
  }

  /** Sends equal bytes again, which renews their date. */
  async put(bytes: Uint8Array): Promise<{ sha256: string; byteSize: number }> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    try {
      await this.#client.send(new PutObjectCommand({ ...this.#at(sha256), Body: bytes }));
    } catch (error) {
      if (!(error instanceof S3ServiceException && FULL.test(error.name))) throw this.#unavailable(error);
      throw new StorageFullError(
        `no room for ${bytes.byteLength} bytes in ${this.#bucket}: ${reasonOf(error)}`,
      );
    }
    return { sha256, byteSize: bytes.byteLength };
  }

  async get(sha256: string): Promise<Buffer | undefined> {
    const bytes = await this.#orIfMissing(
      this.#client
        .send(new GetObjectCommand(this.#at(sha256)))
        .then(({ Body }) => Body?.transformToByteArray()),
    );
    return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  async open(sha256: string): Promise<StoredBytes | undefined> {
    const found = await this.#orIfMissing(this.#client.send(new GetObjectCommand(this.#at(sha256))));
    // in Node the SDK's body is a Readable
    return found && { byteSize: found.ContentLength!, stream: found.Body as Readable };
  }

  async has(sha256: string): Promise<boolean> {
    return (await this.#putAt(sha256)) !== undefined;
  }

  /** S3 cannot check and delete atomically: an object put between the two is lost, so `putBefore` must leave a margin. */
  async delete(sha256: string, putBefore = Infinity): Promise<boolean> {
    const putAt = await this.#putAt(sha256);
    if (putAt === undefined) return true;
    if (putAt >= putBefore) return false;
    await this.#orIfMissing(this.#client.send(new DeleteObjectCommand(this.#at(sha256))));
    return true;
  }

  async *list(): AsyncIterable<{ readonly sha256: string; readonly putAt: number }> {
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: this.#prefix },
    );
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', LastModified } of Contents) {
        const sha256 = Key.slice(this.#prefix.length);
        if (/^[0-9a-f]{64}$/.test(sha256) && LastModified) yield { sha256, putAt: LastModified.getTime() };
      }
    }
  }

  async check(): Promise<void> {
    try {
      const abortSignal = AbortSignal.timeout(PATIENCE);
      await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }), { abortSignal });
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(error: unknown): StorageUnavailableError {
    const message = `the bucket ${this.#bucket} of the object store cannot be used: ${reasonOf(error)}`;
    return new StorageUnavailableError(message, { cause: error });
  }

  /** The result, or undefined if there is no such object. Throws StorageUnavailableError. */
  async #orIfMissing<T>(result: Promise<T>): Promise<T | undefined> {
    try {
      return await result;
    } catch (error) {
      const isMissing =
        error instanceof S3ServiceException &&
        error.$metadata.httpStatusCode === 404 &&
        error.name !== 'NoSuchBucket';
      if (isMissing) return undefined;
      throw this.#unavailable(error);
    }
  }

  async #putAt(sha256: string): Promise<number | undefined> {
    const found = await this.#orIfMissing(this.#client.send(new HeadObjectCommand(this.#at(sha256))));
    return found?.LastModified?.getTime();
  }

  #at(sha256: string): { Bucket: string; Key: string } {
    mustBeHash(sha256);
    return { Bucket: this.#bucket, Key: this.#prefix + sha256 };
  }
}

/** An answer to HEAD has no body, so only its status tells the reason. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && /^(?:Abort|Timeout)Error$/.test(error.name))
    return `it did not answer within ${PATIENCE / 1000} seconds`;
  if (!(error instanceof S3ServiceException)) return error instanceof Error ? error.message : String(error);
  const status = error.$metadata.httpStatusCode;
  return status === undefined ? error.message : `${error.name} (HTTP ${status})`;
}
