import type { GraphiQLOptions } from 'graphql-yoga';
import { EXAMPLE_PATH } from '../sources/own-picture.ts';

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
    cfg: 6,
    denoiseStrength: 0.75,
    width: 256,
    height: 256,
    imageUrl: EXAMPLE_PATH,
  },
};

const PROGRESS_TAB = `# Follows your newest job to its images.
# Run Img2Img first, or name a job with jobId.
subscription Progress {
  img2imgProgress {
    __typename
    job {
      status
      stage
    }
    preview(size: 256) {
      dataUri
    }
    ... on Img2ImgStep {
      step
      totalSteps
      etaSeconds
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

/** What the playground opens with. A browser cannot send headers with a WebSocket: with API keys it uses SSE. */
export const playgroundOptions = (areKeysAsked: boolean): GraphiQLOptions => {
  const headers = areKeysAsked ? JSON.stringify({ authorization: 'Bearer <key>' }) : null;
  return {
    title: 'LatentQL',
    subscriptionsProtocol: areKeysAsked ? 'SSE' : 'WS',
    defaultTabs: [
      { query: MODELS_TAB, headers },
      { query: IMG2IMG_TAB, variables: JSON.stringify(IMG2IMG_VARIABLES, null, 2), headers },
      { query: PROGRESS_TAB, headers },
    ],
  };
};

/** The playground's page: everything in one document from the package, nothing from outside. Loaded when first asked for. */
export async function renderPlayground(options: GraphiQLOptions): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  return renderGraphiQL(options);
}
