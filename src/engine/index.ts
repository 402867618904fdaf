/**
 * The engine's public interface. Nothing reachable from here loads onnxruntime; only the engine process does.
 */
export {
  CanceledError,
  CheckpointError,
  DeviceError,
  DivergedError,
  TaskTooLargeError,
  UnsupportedTaskError,
} from './errors.ts';
export {
  extremeWeight,
  MAX_PROMPT_NESTING,
  MAX_PROMPT_PARTS,
  MAX_PROMPT_WEIGHT,
  nestingOf,
} from './text/prompt-limits.ts';
export { filesOf } from './checkpoint/checkpoint.ts';
export { companionNames, missingCompanions } from './checkpoint/companions.ts';
export type { CheckpointSummary, NetworkFacts } from './checkpoint/inspect.ts';
export { findCompanion, type Trees } from './checkpoint/companion-folders.ts';
export { damageOf } from './checkpoint/damage.ts';
export { FiniteScan, type NumberWindow } from './checkpoint/finite.ts';
export type { FileContent } from './checkpoint/content.ts';
export { stateOf, type Stamps } from './checkpoint/file-state.ts';
export { childModule } from './child-modules.ts';
export { composite } from './masks/composite.ts';
export { cropMask, growMask, type Mask } from './masks/mask.ts';
export { FAMILIES, isFlow, MODEL_FAMILIES, USUAL_FAMILY, type ModelFamily } from './families/index.ts';
export type { Family, LatentColours, TextEncoderName } from './families/family.ts';
export { folderComponents } from './checkpoint/diffusers-folder.ts';
export {
  isCheckpointFile,
  isFolderIndex,
  isShard,
  isShardIndex,
  unsplitName,
  withoutExtension,
} from './checkpoint/file-names.ts';
export { checkpointFiles, type CheckpointFile } from './checkpoint/whole-checkpoint.ts';
export { promptRun, promptRuns, type PromptRuns } from './pipeline/prompt-run.ts';
export { countPromptTokens, type PromptTokens } from './pipeline/prompt-tokens.ts';
export { checkUp } from './checkup/index.ts';
export {
  CHECKUP_PARTS,
  type CheckupModel,
  type CheckupPart,
  type CheckupRequest,
  type Finding,
} from './checkup/finding.ts';
export { queryCard, type Card } from './runtime/card.ts';
export { UNION_MODES, type UnionMode } from './networks/union-control.ts';
export type { ControlKind } from './adapters/control-names.ts';
export type { ControlSummary } from './adapters/control-file.ts';
export type { LoraMismatch } from './adapters/mismatch.ts';
export type { LoraSummary } from './adapters/summary.ts';
export { KIND_TITLES, type AdapterKind } from './adapters/kind.ts';
export { embeddingFits, type EmbeddingSummary, type EmbeddingVectors } from './adapters/embedding-summary.ts';
export type { UpscalerSummary } from './adapters/upscaler-summary.ts';
export type { VaeSummary } from './adapters/vae-summary.ts';
export {
  adapterKindOf,
  compareLoraFile,
  controlMisfit,
  inspectControlFile,
  inspectEmbeddingFile,
  inspectLoraFile,
  inspectModel,
  inspectTinyDecoderFile,
  inspectUpscalerFile,
  inspectVaeFile,
  numbersIn,
} from './inspector.ts';
export type { Emphasis } from './text/a1111/emphasis.ts';
export { mentionedNames } from './text/a1111/bare-names.ts';
export { mentionedEmbeddings } from './text/embeddings.ts';
export { partsOf, planPrompt, textsOf, type PromptReading, type PromptStyle } from './text/prompt-plan.ts';
export { JOINED_SIDES, type JoinedSides } from './graph/device-profile.ts';
export { mirrored } from './resizing/reflect.ts';
export { LATENT_METHODS, type LatentMethod } from './resizing/resize.ts';
export { SCHEDULER_NAMES, type SchedulerName } from './noise/names.ts';
export { seedsOf } from './random/variation.ts';
export { NOISE_DEVICES, type NoiseDevice } from './random/noise-device.ts';
export type { Engine, EngineRunOptions, EngineStatus } from './engine.ts';
export type { EngineExit } from './engine-process.ts';
export { startEngine, type EngineOptions } from './host.ts';
export { cudaFolder, runtimeCore, type CudaRecord } from './runtime/cuda-provider.ts';
export { PRECISIONS, type DeviceName, type Precision } from './runtime/device.ts';
export { SAMPLERS } from './samplers/registry.ts';
export { SAMPLER_NAMES, type SamplerName } from './samplers/names.ts';
export type { SamplerSpec } from './samplers/sampler.ts';
export { QUALITIES, type DeepCache, type Quality, type Shortcuts } from './pipeline/shortcuts.ts';
export {
  ENGINE_STAGES,
  MASK_FILLS,
  type EngineEvent,
  type EngineResult,
  type EngineStage,
  type Img2ImgTask,
  type InpaintTask,
  type Latent,
  type LatentPictures,
  type PreviewViewers,
  type PreviewWish,
  type MaskFill,
  type RgbImage,
  type SamplingOptions,
  type TaskEmbedding,
  type TaskControl,
  type TaskLora,
  type TaskRefiner,
  type TextTask,
  type UpscaleTask,
} from './pipeline/types.ts';
