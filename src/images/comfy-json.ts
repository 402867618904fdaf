import type { Node } from './comfy-nodes.ts';

/**
 * Nodes by name as JSON: `prompt` is what ComfyUI runs, `workflow` what its editor opens, which shows the notes in a node of
 * their own.
 */
export function comfyJson(
  nodes: ReadonlyMap<string, Node>,
  notes: readonly string[] = [],
): { prompt: string; workflow: string } {
  return { prompt: exactSeed(promptOf(nodes)), workflow: exactSeed(workflowOf(nodes, notes)) };
}

const SEED = 'latentql-seed:';

/** A seed as a value of a node. ComfyUI reads it as a number of up to 64 bits, which JavaScript's have not. */
export const seedValue = (seed: string): string => SEED + seed;

/** A quote within a text is escaped, so that only whole values match. */
const exactSeed = (graph: unknown): string =>
  JSON.stringify(graph).replaceAll(new RegExp(`"${SEED}(\\d{1,20})"`, 'g'), '$1');

/** What the editor does with the seed after a run. */
const AFTER_RUN = 'fixed';

function promptOf(nodes: ReadonlyMap<string, Node>): unknown {
  const ids = idsOf(nodes);
  return Object.fromEntries(
    Array.from(nodes, ([name, { type, links = {}, values }]): [string, object] => {
      const linked = Object.entries(links).map(([input, [from, output]]): [string, unknown] => [
        input,
        [String(ids.get(from)), output],
      ]);
      const inputs: Readonly<Record<string, unknown>> = { ...values, ...Object.fromEntries(linked) };
      return [String(ids.get(name)), { class_type: type, inputs }];
    }),
  );
}

const idsOf = (nodes: ReadonlyMap<string, Node>): ReadonlyMap<string, number> =>
  new Map(Array.from(nodes.keys(), (name, i) => [name, i + 1]));

function workflowOf(nodes: ReadonlyMap<string, Node>, notes: readonly string[]): unknown {
  const ids = idsOf(nodes);
  const links = Array.from(nodes).flatMap(([to, { links: inputs = {} }]) =>
    Object.entries(inputs).map(([input, [from, output]], slot) => ({ to, input, from, output, slot })),
  );
  const typeOf = (from: string, output: number) => nodes.get(from)!.outputs[output]!;
  return {
    last_node_id: nodes.size + (notes.length > 0 ? 1 : 0),
    last_link_id: links.length,
    nodes: [
      ...Array.from(nodes, ([name, { type, values, outputs }], order) => ({
        id: ids.get(name),
        type,
        pos: [60 + 340 * (order % 4), 60 + 280 * Math.floor(order / 4)],
        size: [300, 200],
        flags: {},
        order,
        mode: 0,
        inputs: links.flatMap(({ to, input, from, output }, i) =>
          to === name ? [{ name: input, type: typeOf(from, output), link: i + 1 }] : [],
        ),
        outputs: outputs.map((output, slot) => ({
          name: output,
          type: output,
          links: links.flatMap((link, i) => (link.from === name && link.output === slot ? [i + 1] : [])),
          slot_index: slot,
        })),
        properties: { 'Node name for S&R': type },
        widgets_values: widgetsOf(type, values),
      })),
      ...(notes.length > 0 ? [noteOf(notes, nodes.size)] : []),
    ],
    links: links.map(({ to, from, output, slot }, i) => [
      i + 1,
      ids.get(from),
      output,
      ids.get(to),
      slot,
      typeOf(from, output),
    ]),
    groups: [],
    config: {},
    extra: {},
    version: 0.4,
  };
}

/** A node that runs nothing. */
const noteOf = (notes: readonly string[], order: number): object => ({
  id: order + 1,
  type: 'Note',
  pos: [60, -260],
  size: [640, 60 + 40 * notes.length],
  flags: {},
  order,
  mode: 0,
  inputs: [],
  outputs: [],
  properties: { text: '' },
  title: 'What this graph leaves out',
  widgets_values: [notes.join('\n')],
});

/** The editor has a field more beside a seed and beside a file to upload. */
function widgetsOf(type: string, values: Node['values']): unknown[] {
  const widgets: unknown[] = Object.values(values);
  if (type === 'KSampler') widgets.splice(1, 0, AFTER_RUN);
  if (type === 'KSamplerAdvanced') widgets.splice(2, 0, AFTER_RUN);
  if (type === 'LoadImage') widgets.push('image');
  return widgets;
}
