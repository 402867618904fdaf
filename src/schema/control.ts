import type { ControlKind, UnionMode } from '../engine/index.ts';
import { CONTROL_PREPROCESSORS, type ControlPreprocessor, type JobControl } from '../jobs/request.ts';
import type { ControlModelInfo } from '../models/adapter-catalog.ts';
import { CONTROL_DEFAULTS, CONTROL_LIMITS } from '../resolvers/parse-controls.ts';
import { contentFields, hashField, placeFields } from './adapter.ts';
import { describedValues, range, type Builder } from './builder.ts';
import type { addModels } from './model.ts';
import type { addSourceImage } from './source-image.ts';

/** ControlModelInfo, ControlInput, JobControl and Query.controlModels. */
export function addControls(
  builder: Builder,
  { ModelFamily, SourceImage }: ReturnType<typeof addModels> & ReturnType<typeof addSourceImage>,
) {
  const Kind = builder.enumType('ControlKind', {
    description: 'What a control is.',
    values: describedValues<ControlKind>({
      CONTROLNET: 'A ControlNet: evaluated in every step.',
      UNION_CONTROLNET: 'A ControlNet trained on several kinds of pictures; `mode` selects one.',
      T2I_ADAPTER: 'A T2I adapter: evaluated once.',
    }),
  });
  const Preprocessor = builder.enumType('ControlPreprocessor', {
    description: 'How a picture is processed before a control reads it.',
    values: describedValues<ControlPreprocessor>({
      NONE: 'Nothing: the picture is what the control reads (edges, a depth map, a pose).',
      CANNY: "Edges in white on black, as OpenCV's Canny finds them.",
      BLUR: 'Blurred.',
      INVERT: 'Inverted: black lines on white become white on black.',
      LUMINANCE: 'Lightness only, without colour.',
      SCRIBBLE: 'Thick lines in white on black, where the picture is darker than around.',
    }),
  });

  const Mode = builder.enumType('ControlMode', {
    description: 'The kind of picture that a union ControlNet reads.',
    values: describedValues<UnionMode>({
      OPENPOSE: 'A pose.',
      DEPTH: 'A depth map.',
      SOFT_EDGE: 'Soft edges or scribbles (HED, PiDiNet, TED).',
      LINE: 'Lines: Canny, line art, straight lines.',
      NORMAL: 'A normal map.',
      SEGMENT: 'A segmentation map.',
      TILE: 'A blurred or small version of the picture; not every file supports it.',
      REPAINT: 'The picture with the area to repaint in black; not every file supports it.',
    }),
  });

  const Info = builder.objectRef<ControlModelInfo>('ControlModelInfo').implement({
    description: 'A ControlNet or T2I adapter found below MODELS_DIR.',
    fields: (t) => ({
      ...placeFields(t, 'The name to give as `model` of a control.'),
      kind: t.expose('kind', {
        type: Kind,
        nullable: true,
        description: 'What it is; null if it cannot be used.',
      }),
      family: t.expose('family', {
        type: ModelFamily,
        nullable: true,
        description: 'The architecture that it is for; null if it cannot be used.',
      }),
      ...contentFields(t),
    }),
  });

  builder.queryField('controlModels', (t) =>
    t.field({
      type: [Info],
      description: 'Every ControlNet and T2I adapter that a job can ask for.',
      resolve: (_root, _args, { services }) => services.controls.list(),
    }),
  );

  const Input = builder.inputType('ControlInput', {
    description:
      'A ControlNet or T2I adapter. It reads the picture of `image`, `imageUrl` or `imageId`, or the source of the job.',
    fields: (t) => ({
      model: t.string({ required: true, description: 'Its name in the `controlModels` query.' }),
      image: t.field({ type: 'Upload', description: 'Its picture as an upload.' }),
      imageUrl: t.string({
        description: 'Its picture as an http(s) or data: URL, or as a path on this server.',
      }),
      imageId: t.id({ description: 'Its picture as the `id` of a stored picture.' }),
      mode: t.field({
        type: Mode,
        description: 'Kind of its picture, for a union ControlNet. Left out: the network receives no mode.',
      }),
      strength: t.float({
        defaultValue: CONTROL_DEFAULTS.strength,
        description: `Strength, ${range(CONTROL_LIMITS.strength)}; 0 turns it off.`,
      }),
      start: t.float({
        defaultValue: CONTROL_DEFAULTS.start,
        description: 'Where it begins between noise (0) and image (1).',
      }),
      end: t.float({
        defaultValue: CONTROL_DEFAULTS.end,
        description: 'Where it ends, up to 1.',
      }),
      preprocessor: t.field({
        type: Preprocessor,
        defaultValue: CONTROL_DEFAULTS.preprocessor,
        description: 'How the picture is processed first.',
      }),
      cannyLow: t.int({
        defaultValue: CONTROL_DEFAULTS.cannyLow,
        description: `With \`CANNY\`, the lower threshold: the gradient from which a pixel continues an edge, ${range(CONTROL_LIMITS.cannyLow)}.`,
      }),
      cannyHigh: t.int({
        defaultValue: CONTROL_DEFAULTS.cannyHigh,
        description: `With \`CANNY\`, the upper threshold: the gradient from which a pixel begins an edge, ${range(CONTROL_LIMITS.cannyHigh)}.`,
      }),
      blur: t.float({
        defaultValue: CONTROL_DEFAULTS.blur,
        description: `With \`BLUR\`, its standard deviation in pixels, ${range(CONTROL_LIMITS.blur)}.`,
      }),
    }),
  });

  const JobControlType = builder.objectRef<JobControl>('JobControl').implement({
    description: 'A ControlNet or T2I adapter of a job.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name when the job was accepted.' }),
      kind: t.exposeString('kind', {
        description: 'The `ControlKind` value; a String because a newer version may have accepted the job.',
      }),
      mode: t.string({
        nullable: true,
        description: 'The `ControlMode` value, a String likewise; null: the network receives no mode.',
        resolve: ({ mode }) => mode ?? null,
      }),
      strength: t.exposeFloat('strength', { description: 'Strength.' }),
      start: t.exposeFloat('start', { description: 'Where it begins between noise (0) and image (1).' }),
      end: t.exposeFloat('end', { description: 'Where it ends.' }),
      preprocessor: t.string({
        description: `The \`ControlPreprocessor\` value (${CONTROL_PREPROCESSORS.join(', ')}); a String likewise.`,
        resolve: ({ how }) => how.preprocessor,
      }),
      cannyLow: t.int({
        nullable: true,
        description: 'Lower threshold of `CANNY`; null with another preprocessor.',
        resolve: ({ how }) => (how.preprocessor === 'CANNY' ? how.low : null),
      }),
      cannyHigh: t.int({
        nullable: true,
        description: 'Upper threshold of `CANNY`; null with another preprocessor.',
        resolve: ({ how }) => (how.preprocessor === 'CANNY' ? how.high : null),
      }),
      blur: t.float({
        nullable: true,
        description: 'Standard deviation of `BLUR` in pixels; null with another preprocessor.',
        resolve: ({ how }) => (how.preprocessor === 'BLUR' ? how.blur : null),
      }),
      image: t.expose('image', {
        type: SourceImage,
        nullable: true,
        description: 'Its picture; null: the source of the job.',
      }),
      ...hashField(t),
    }),
  });

  return { ControlInput: Input, JobControl: JobControlType, ControlPreprocessor: Preprocessor };
}
