import type { GraphiQLOptions } from 'graphql-yoga';
import type { Config } from '../config.ts';

/** The example picture, 128 × 128, small enough to stand in a tab. */
const EXAMPLE_IMAGE =
  'data:image/webp;base64,' +
  'UklGRtwCAABXRUJQVlA4INACAABwEwCdASqAAIAAPtFkqE+oJaimqZNpmRAaCUAY3ZOrFTjGtGcALH4lXuZVBjxYtStt94CeO4oQM19tGnHew1mmMvUQqhgzmaA1DVEC' +
  'ETwWV4ATD8IMLXfhJokzD/PT5Q3Dny0/ZpHjgU7CHLTE4JO22qOX4q+LTYzXQmqbGAfJ73jo2GbFRXWqHfmmoBQuY1SkcjGqLIFYxUUYWePyQadO3g6pgAD+wiaqa/+4' +
  'PV3x8iP/i3tH3s/CN738TRIrat5QeuqHNHAwucY9sOEZ8xkEUuvZnEvVWVPDTVu1CGbDQqzwoc0vyNpE69ylR5IIn6NQZ54NzaPNdN9XshFt+38EqUN+Xv9v+q8TGbXv' +
  'f9DGI1B08Cqmv/xOw/1yPF3fttSRRmBPjfKc3TrQ3p4jsGe2YBSji06748yIZ70m0xXFSHpGxcnrtaY62lS+Epr9VBNy17RAR0IrwkjRq42DFnUkcPFhAOeGW2EfsvG5' +
  'VqmsADUSpV2+Wfb7UrcUVR2K1uwLKYl21xa8tCqNzDsTQfzBGTaacDXfICfzJXOn+AW/bfP9QP0QD937jdoPgDpghOhOIcDZX5xNscr54F8L2bYdZHerLjl7M7LNY9Us' +
  '3MPSE2gMwIFQ63DEDY8g6aOgbA0DNatmD6vpgqqOkX5qYlx3xBVmIln7742SBPs5XBNCcel0RL8sBsFu3fMaLsSZpIivxPYuMtxktSLm2wbIKvNyyfD4V1j6zP3qTIB4' +
  'F0eWhO5BJEi21jwZmiEehMGtIhq5FHN5/0ii1FpLzQsmY3pQSV9GOF8LbA/qGPtGHrHklnKLd+5/3KH/YEu3hHAbfkWAsTbAkfmFOBNoyQCGduemb/p3vQ+c/i0qaG2N' +
  'Git1aE4X8hrCmSSrFMJFVoapcR8M70MrSIGVyELg3CxezWhawpHhQ8JWtdWERl4nmxF2aO3C7ZVVzbbSQIXQAAAAAAA=';

const MODELS_TAB = `# The models of this server. To install one,
# put its files into MODELS_DIR.
query Models {
  models {
    name
    installed
    missingFiles
    family
    recommended {
      steps
      cfg
      width
      height
    }
  }
}
`;

const IMG2IMG_TAB = `# Starts a job from the picture in the variables,
# with the model that comes with the server.
# Watch it in the next tab.
mutation Img2Img($input: Img2ImgInput!) {
  img2img(input: $input) {
    job {
      id
      status
      warnings
    }
    userErrors {
      code
      field
      message
    }
  }
}
`;

const IMG2IMG_VARIABLES = {
  input: {
    model: 'starter',
    prompt: 'the sea at sunset, a red boat',
    negativePrompt: '',
    seed: '7',
    steps: 20,
    cfg: 4,
    denoiseStrength: 0.75,
    width: 128,
    height: 128,
    imageUrl: EXAMPLE_IMAGE,
  },
};

const PROGRESS_TAB = `# Follows a job to its images. Run Img2Img first.
# An empty jobId below stands for the newest job:
# this page asks for jobs(first: 1) and fills it in.
subscription Progress($jobId: ID!) {
  img2imgProgress(jobId: $jobId, preview: { size: 128, every: 5 }) {
    __typename
    job {
      status
      stage
    }
    ... on Img2ImgStep {
      step
      totalSteps
      etaSeconds
      preview {
        dataUri
      }
    }
    ... on Img2ImgCompleted {
      images {
        url
        seed
      }
    }
    ... on Img2ImgFailed {
      error {
        code
        message
      }
    }
  }
}
`;

/**
 * Runs in the page before GraphiQL: an operation that is sent with an empty `jobId` gets the newest job's id. Operations
 * leave as text, in a WebSocket message or as the body of a fetch.
 */
const FILL_IN_NEWEST_JOB = `
(() => {
  const realFetch = window.fetch;
  const realSend = WebSocket.prototype.send;
  const isOpen = (text) => typeof text === 'string' && text.includes('"jobId":""');
  const fillIn = async (text, headers) => {
    const body = JSON.stringify({ query: '{ jobs(first: 1) { nodes { id } } }' });
    const response = await realFetch(location.pathname, { method: 'POST', headers, body });
    const id = (await response.json()).data?.jobs.nodes[0]?.id ?? '';
    return text.replace('"jobId":""', '"jobId":' + JSON.stringify(id));
  };
  WebSocket.prototype.send = function (text) {
    if (!isOpen(text)) return realSend.call(this, text);
    void fillIn(text, { 'content-type': 'application/json' }).then((filled) => realSend.call(this, filled));
  };
  window.fetch = async (input, init) =>
    realFetch(input, isOpen(init?.body) ? { ...init, body: await fillIn(init.body, init.headers) } : init);
})();
`;

/** What the playground opens with. A browser cannot send headers with a WebSocket: with API keys it uses SSE. */
export const playgroundOptions = ({ apiKeys }: Pick<Config, 'apiKeys'>): GraphiQLOptions => {
  const headers = apiKeys.length > 0 ? JSON.stringify({ authorization: 'Bearer <key>' }) : null;
  return {
    title: 'LatentQL',
    subscriptionsProtocol: apiKeys.length > 0 ? 'SSE' : 'WS',
    defaultTabs: [
      { query: MODELS_TAB, headers },
      { query: IMG2IMG_TAB, variables: JSON.stringify(IMG2IMG_VARIABLES, null, 2), headers },
      { query: PROGRESS_TAB, variables: JSON.stringify({ jobId: '' }, null, 2), headers },
    ],
  };
};

/** The playground's page: everything in one document from the package, nothing from outside. Loaded when first asked for. */
export async function renderPlayground(options: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  return renderGraphiQL(options).replace(
    '<script>',
    () => `<script>${FILL_IN_NEWEST_JOB}</script>\n<script>`,
  );
}
