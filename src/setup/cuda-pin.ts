/** The CUDA provider that fits the pinned onnxruntime-node: a package of the npm registry and the files in it. */
export const CUDA_PIN = {
  /** Version of the ONNX Runtime that it was built with; the core must be the same. */
  runtimeVersion: '1.29.0',
  url: 'https://registry.npmjs.org/com.github.asus4.onnxruntime.linux-x64-gpu/-/com.github.asus4.onnxruntime.linux-x64-gpu-0.4.9.tgz',
  byteLength: 179_145_956,
  /** SHA-512, base64, as in the registry. */
  integrity: 'FopIhNE/Ng+v2X65wVc9clPCBCvhvA53Hxo2U0Kf5fGdVsC7iCA+mZ0KLWggcQAj7TIZ6pNidR4AC10g74Xo6w==',
  /** Folder of the files within the tarball. */
  folder: 'package/Plugins/Linux/x64',
  /** SHA-512, hexadecimal. */
  files: {
    'libonnxruntime_providers_cuda.so':
      'f6e7f79df6dc0781bcbf0c9397c506147453eebe355e436339377e466f9919f7bd79349471932f04e4bd1bc058a80d6ad08f852966c944cd3619bcf882f5de63',
    'libonnxruntime_providers_shared.so':
      '716421b811e99769e66441de72bc0dab5da9df8a669f75385c26b046879c07caaee49ec29da27cfb54558e103fc4d3ae9ab1e26161e6d17f93332a6665971f70',
  },
} as const;

/** A package as in CUDA_PIN, which a setup downloads and verifies. */
export interface PinnedPackage {
  readonly runtimeVersion: string;
  readonly url: string;
  readonly byteLength: number;
  readonly integrity: string;
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
}
