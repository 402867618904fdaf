/** What goes into a node: another one's output. */
export type Output = readonly [node: string, output: number];

/** A node: what goes in from others, its values in the order of ComfyUI's editor, what comes out. */
export interface Node {
  readonly type: string;
  readonly links?: Readonly<Record<string, Output>>;
  readonly values: Readonly<Record<string, string | number | boolean>>;
  readonly outputs: readonly string[];
}
