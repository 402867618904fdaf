import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';

/** Environment variables that lead the AWS SDK to a server. */
export interface S3Environment extends Record<string, string> {
  readonly AWS_ENDPOINT_URL_S3: string;
}

/** An S3-compatible server on a free port that keeps its buckets in a temporary folder. */
export async function startS3(bucket: string): Promise<{ env: S3Environment; stop: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'latentql-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  const { port } = await server.run();
  return {
    env: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stop: async () => {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}
