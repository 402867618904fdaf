import { controlOf, UNION_TYPES, type PictureControl, type PicturePreprocessor } from '../../controls.ts';
import { asNumber, asText } from '../../json.ts';
import { fileStem } from '../../values.ts';
import { MAX_HOPS, valueOf, type Graph, type GraphNode } from './graph.ts';

/** Nodes that make of a picture what a control reads, and that are preprocessors here. */
const PREPROCESSORS: ReadonlyMap<string, PicturePreprocessor> = new Map<string, PicturePreprocessor>([
  ['Canny', 'CANNY'],
  ['ImageBlur', 'BLUR'],
  ['ImageInvert', 'INVERT'],
]);

/** A control that a node applies; `madeBy` is the node that made its picture in a way that is not known here. */
export interface AppliedControl {
  readonly control: PictureControl | undefined;
  readonly madeBy: GraphNode | undefined;
}

/** Nodes that apply a control to a conditioning. */
export const APPLIES = /^ControlNetApply/;

/** What a node that applies a control says of it. */
export function appliedControl(node: GraphNode, graph: Graph): AppliedControl {
  const value = (of: GraphNode | undefined, input: string): unknown => {
    const found = of && valueOf(graph, of, input);
    return found && 'value' in found ? found.value : undefined;
  };
  const given = graph.link(node, 'control_net')?.node;
  const typed = given?.type === 'SetUnionControlNetType' ? given : undefined;
  const loader = typed ? graph.link(typed, 'control_net')?.node : given;
  const name = asText(value(loader, 'control_net_name'));
  const type = value(typed, 'type');
  const maker = makerOf(node, graph);
  const preprocessor = (maker && PREPROCESSORS.get(maker.type)) ?? 'NONE';
  const threshold = (input: string): number | undefined => {
    const share = preprocessor === 'CANNY' ? asNumber(value(maker, input)) : undefined;
    return share === undefined ? undefined : Math.round(255 * share); // gradients there are of values from 0 to 1
  };
  const control = controlOf({
    model: name === undefined ? undefined : fileStem(name),
    mode: Object.entries(UNION_TYPES).find(([, known]) => known === type)?.[0],
    preprocessor,
    strength: value(node, 'strength'),
    start: node.inputs.has('start_percent') ? value(node, 'start_percent') : 0,
    end: node.inputs.has('end_percent') ? value(node, 'end_percent') : 1,
    low: threshold('low_threshold'),
    high: threshold('high_threshold'),
    blur: preprocessor === 'BLUR' ? asNumber(value(maker, 'sigma')) : undefined,
  });
  return { control, madeBy: preprocessor === 'NONE' ? maker : undefined };
}

/** Nodes that bring a picture to a size, and leave it as it is. */
const SAME_PICTURE: ReadonlySet<string> = new Set(['Reroute', 'ImageScale', 'ResizeAndPadImage']);
const PICTURES = /^(?:Load ?Image|ETN_LoadImage)/i;

/** The node that made a control's picture of another one; undefined: it was loaded. */
function makerOf(node: GraphNode, graph: Graph): GraphNode | undefined {
  let maker = graph.link(node, 'image')?.node;
  for (let hops = 0; maker && SAME_PICTURE.has(maker.type) && hops < MAX_HOPS; hops++) {
    const input = maker.inputs.has('image') ? 'image' : maker.inputs.keys().next().value;
    maker = input === undefined ? undefined : graph.link(maker, input)?.node;
  }
  return maker && PICTURES.test(maker.type) ? undefined : maker;
}
