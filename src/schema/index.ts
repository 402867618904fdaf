import { GraphQLError, validateSchema, type GraphQLSchema } from 'graphql';
import { ConfigError } from '../config.ts';
import type { ModelEntry } from '../models/catalog.ts';
import { createBuilder } from './builder.ts';
import { addCancelJob } from './cancel-job.ts';
import { addControls } from './control.ts';
import { addEmbeddings } from './embedding.ts';
import { addEngine } from './engine.ts';
import { addErrorCode } from './error-code.ts';
import { addFederation, printSubgraph } from './federation.ts';
import { addGallery } from './gallery.ts';
import { addImage } from './image.ts';
import { addImg2ImgInput } from './img2img-input.ts';
import { addImg2Img } from './img2img.ts';
import { addJobInput } from './job-input.ts';
import { addJob } from './job.ts';
import { addJobs } from './jobs.ts';
import { addLimits } from './limits.ts';
import { addLoras } from './lora.ts';
import { addModelFiles } from './model-files.ts';
import { addModelThumbnail } from './model-thumbnail.ts';
import { addModels } from './model.ts';
import { addPictureSettings } from './picture-settings.ts';
import { addPreview } from './preview.ts';
import { addProgress } from './progress.ts';
import { addPromptTokens } from './prompt-tokens.ts';
import { addQueue } from './queue.ts';
import { addSamplers } from './sampler.ts';
import { addScalars } from './scalars.ts';
import { addSchedulers } from './scheduler.ts';
import { addSourceImage, addUploadImage } from './source-image.ts';
import { addTextStyle } from './text-style.ts';
import { addUpscale } from './upscale.ts';
import { addUserError } from './user-error.ts';

export type { Context } from './context.ts';

type Models = readonly Pick<ModelEntry, 'name' | 'file'>[];

/** What a schema can have besides. */
export interface SchemaOptions {
  /** Whether it is to be a subgraph of Apollo Federation. */
  readonly isSubgraph?: boolean;
}

/**
 * The schema of a server with these models. Each module adds its types and root fields and hands on those that later
 * modules refer to, so that none can be forgotten.
 */
export function buildSchema(models: Models, { isSubgraph }: SchemaOptions = {}): GraphQLSchema {
  const builder = createBuilder();
  builder.queryType({ description: 'Read operations.' });
  builder.mutationType({ description: 'Write operations.' });
  builder.subscriptionType({ description: 'What can be watched.' });

  addScalars(builder);
  const enums = { ...addSamplers(builder), ...addSchedulers(builder) };
  const model = addModels(builder, models, enums);
  const image = addImage(builder);
  addModelThumbnail(builder, { ...model, ...image });
  const source = addSourceImage(builder, image);
  const text = { ...addTextStyle(builder), ...addEmbeddings(builder, model) };
  const control = addControls(builder, { ...source, ...model });
  const parts = { ...addLoras(builder, model), ...addUpscale(builder, model) };
  const input = {
    ...control,
    ...text,
    ...addJobInput(builder, { ...source, ...control, ...parts, ...text }),
  };
  const preview = addPreview(builder);
  const job = addJob(builder, { ...image, ...input, ...preview });
  const jobs = addJobs(builder, job);
  const userError = addUserError(builder);
  addErrorCode(builder);

  const img2imgInput = addImg2ImgInput(builder, { ...enums, ...model, ...input });
  addImg2Img(builder, { ...img2imgInput, ...job, ...userError });
  addUploadImage(builder, { ...source, ...userError });
  addCancelJob(builder, { ...job, ...userError });
  addProgress(builder, { ...image, ...job, ...preview });
  const engine = addEngine(builder, model);
  addGallery(builder, { ...image, ...jobs, ...userError });
  addLimits(builder);
  addPromptTokens(builder, text);
  addPictureSettings(builder, { ...enums, ...model, ...input });
  addModelFiles(builder, { ...model, ...engine, ...userError });
  addQueue(builder, { ...job, ...userError, ...engine, ...model });
  if (isSubgraph) addFederation(builder, { ...job, ...image, ...model }, printSubgraph(buildSchema(models)));
  return builder.toSchema({ sortSchema: false }); // the order of the modules is the order to read in
}

/** The schema to serve. Throws ConfigError if it is not valid GraphQL, since every request would then fail. */
export function buildValidSchema(models: Models, options?: SchemaOptions): GraphQLSchema {
  const invalid = (problems: string) =>
    new ConfigError(`The GraphQL schema of these models is not valid: ${problems}`);
  let schema: GraphQLSchema;
  try {
    schema = buildSchema(models, options);
  } catch (error) {
    if (error instanceof GraphQLError) throw invalid(error.message);
    throw error;
  }
  const problems = validateSchema(schema).map(({ message }) => message);
  if (problems.length > 0) throw invalid(problems.join(' '));
  return schema;
}
