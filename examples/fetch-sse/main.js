// No library: fetch for queries and mutations, server-sent events for the subscription.

/** Sends an operation; the answer to a subscription is a stream. */
const send = (query, variables, accept = 'application/json') =>
  fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables }),
  });

async function ask(query, variables) {
  const { data, errors } = await (await send(query, variables)).json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

/** The data of each event of a subscription, until it completes. */
async function* listen(query, variables) {
  const response = await send(query, variables, 'text/event-stream');
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      const lines = event.split('\n');
      if (!lines.includes('event: next')) continue; // a ping, or the end
      const { data } = JSON.parse(lines.find((line) => line.startsWith('data: ')).slice('data: '.length));
      yield data;
    }
  }
}

const app = document.getElementById('app');
app.innerHTML = '<button>Make picture</button> <p role="status"></p> <img hidden />';
const [button, status, picture] = app.children;

button.addEventListener('click', async () => {
  const { img2img } = await ask(
    'mutation ($input: Img2ImgInput!) { img2img(input: $input) { job { id } userErrors { message } } }',
    {
      input: {
        modelName: 'starter',
        imageUrl: '/example.png',
        prompt: 'the sea at sunset, a red boat',
        negativePrompt: '',
        seed: '7',
        steps: 8,
        cfg: 6,
        width: 256,
        height: 256,
      },
    },
  );
  if (!img2img.job) {
    status.textContent = img2img.userErrors[0].message;
    return;
  }
  const events = listen(
    `subscription ($jobId: ID!) {
      img2imgProgress(jobId: $jobId) { job { status step totalSteps images { url } } preview { dataUri } }
    }`,
    { jobId: img2img.job.id },
  );
  for await (const { img2imgProgress } of events) {
    const { job, preview } = img2imgProgress;
    status.textContent = `${job.status} ${job.step} / ${job.totalSteps}`;
    const [image] = job.images;
    picture.hidden = !image && !preview;
    picture.src = image?.url ?? preview?.dataUri ?? '';
    picture.alt = image ? 'Result' : 'Live preview';
  }
});
