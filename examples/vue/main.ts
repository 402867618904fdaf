import { cacheExchange, Client, fetchExchange, gql, subscriptionExchange } from '@urql/core';
import { provideClient, useMutation, useQuery, useSubscription } from '@urql/vue';
import { createClient } from 'graphql-ws';
import { computed, createApp, defineComponent, h, ref } from 'vue';

const socket = createClient({ url: '/graphql' });

const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query: query ?? '', variables: { ...variables } }, sink as never),
        }),
      }),
    }),
  ],
});

const MAKE = gql`
  mutation Make($input: Img2ImgInput!) {
    img2img(input: $input) {
      job {
        id
      }
      userErrors {
        message
      }
    }
  }
`;

/** jobId null: the caller's newest job. */
const PROGRESS = gql`
  subscription Progress($jobId: ID) {
    img2imgProgress(jobId: $jobId) {
      job {
        id
        status
        images {
          url
        }
      }
      preview {
        dataUri
      }
    }
  }
`;

const JOBS = gql`
  query Jobs($first: Int!) {
    jobs(first: $first) {
      nodes {
        id
        status
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`;

const INPUT = {
  modelName: 'starter',
  imageUrl: '/example.png',
  prompt: 'a green meadow at day, a red house',
  negativePrompt: '',
  seed: '7',
  steps: 8,
  cfg: 6,
  width: 256,
  height: 256,
};

const App = defineComponent(() => {
  provideClient(client);
  const jobId = ref<string | null>(null);
  const problem = ref<string>();
  const first = ref(1);
  const { executeMutation } = useMutation(MAKE);
  const { data: progress } = useSubscription({
    query: PROGRESS,
    variables: computed(() => ({ jobId: jobId.value })),
    pause: computed(() => jobId.value === null),
  });
  const event = computed(() => progress.value?.img2imgProgress);
  const jobs = useQuery({ query: JOBS, variables: computed(() => ({ first: first.value })) });

  const make = async () => {
    const { data, error } = await executeMutation({ input: INPUT });
    jobId.value = data?.img2img.job?.id ?? null;
    problem.value = error?.message ?? data?.img2img.userErrors[0]?.message;
  };
  const picture = () => {
    const [image] = event.value?.job.images ?? [];
    if (image) return h('img', { src: image.url, alt: 'Result' });
    if (event.value?.preview) return h('img', { src: event.value.preview.dataUri, alt: 'Live preview' });
    return h('p', event.value?.job.status);
  };
  const list = () =>
    jobs.data.value?.jobs.nodes.map((job: { id: string; status: string }) =>
      h('li', { key: job.id }, job.id === event.value?.job.id ? event.value.job.status : job.status),
    );
  return () =>
    h('main', [
      h('button', { onClick: make }, 'Make picture'),
      problem.value && h('p', { role: 'alert' }, problem.value),
      jobId.value && picture(),
      h('ol', list()),
      jobs.data.value?.jobs.pageInfo.hasNextPage && h('button', { onClick: () => first.value++ }, 'More'),
    ]);
});

createApp(App).mount('#app');
