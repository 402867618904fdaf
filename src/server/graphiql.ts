import type { GraphiQLOptions } from 'graphql-yoga';
import { EXAMPLE_PATH } from '../sources/own-picture.ts';

const IMG2IMG_TAB = `# Starts a job from the picture in the variables,
# with the model that comes with the server:
# the white house turns red, the rest stays.
# Watch it in the next tab. Then try
# "the sea at sunset, a red boat" with a
# denoiseStrength of 0.9.
mutation Img2Img($input: Img2ImgInput!) {
  img2img(input: $input) {
    job {
      id
      status
      warnings {
        message
      }
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
    prompt: 'a green meadow at day, a red house',
    negativePrompt: '',
    seed: '7',
    steps: 20,
    cfg: 6,
    denoiseStrength: 0.6,
    width: 256,
    height: 256,
    imageUrl: EXAMPLE_PATH,
  },
};

const PROGRESS_TAB = `# Follows your newest job to its images.
# Run Img2Img first, or give a jobId.
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

const UPLOAD_TAB = `# Stores a picture of yours, which is chosen when this runs.
# Give its id as imageId to Img2Img.
mutation Upload($file: Upload!) {
  uploadImage(file: $file) {
    image {
      id
      url(size: 256)
      width
      height
    }
    userErrors {
      code
      message
    }
  }
}
`;

const UPLOAD_VARIABLES = { file: 'file:' };

/**
 * The initial state of the playground. GraphiQL alone cannot send headers with a WebSocket: with API keys it uses SSE, and the
 * key has to be entered in the headers of each tab.
 */
export const playgroundOptions = (areKeysAsked: boolean) =>
  ({
    title: 'LatentQL',
    subscriptionsProtocol: areKeysAsked ? 'SSE' : 'WS',
    defaultTabs: [
      { query: IMG2IMG_TAB, variables: JSON.stringify(IMG2IMG_VARIABLES, null, 2) },
      { query: PROGRESS_TAB },
      { query: MODELS_TAB },
    ],
  }) satisfies GraphiQLOptions;

/** The tab that requires a file picker. */
export const uploadTab = { query: UPLOAD_TAB, variables: JSON.stringify(UPLOAD_VARIABLES, null, 2) };

/** The studio's script that shows pictures beside the answer. */
export const PLAYGROUND_SCRIPT = '/playground.js';

/** The call in GraphiQL's page that starts it. */
const START = /YogaGraphiQL\.renderYogaGraphiQL\(\s*window\.document\.querySelector\('#root'\),\s*/;

/** Loads the studio's script, which is found from an address with or without a trailing slash. */
const START_WITH_PICTURES = `(function (areKeysAsked, options) {
  const page = new URL(location.pathname.replace(/\\/$/, ''), location.origin);
  const style = document.createElement('link');
  style.rel = 'stylesheet';
  style.href = new URL('playground.css', page);
  document.head.append(style);
  const render = (all) => YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), all);
  globalThis.latentqlPlayground = { areKeysAsked, options, render };
  import(new URL('playground.js', page));
})`;

/**
 * The playground's page: GraphiQL in one document, with nothing from other servers. Loaded on first use. Where the studio is
 * built, its script adds pictures, files and one key for all tabs, and sends the operations.
 */
export async function renderPlayground(
  options: GraphiQLOptions,
  { hasPictures, areKeysAsked }: { readonly hasPictures: boolean; readonly areKeysAsked: boolean },
): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  if (!hasPictures) return renderGraphiQL(options);
  const page = renderGraphiQL({ ...options, defaultTabs: [...(options.defaultTabs ?? []), uploadTab] });
  const parts = page.split(START);
  if (parts.length !== 2) throw new Error('the page of @graphql-yoga/render-graphiql starts in another way');
  return parts.join(`${START_WITH_PICTURES}(${areKeysAsked}, `);
}
