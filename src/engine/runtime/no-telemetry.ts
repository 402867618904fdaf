// ONNX Runtime reads this when its library is loaded. Without it, its builds from 1.29 on report sessions and models to
// Microsoft, keep an identifier of the machine and write files into the temporary folder.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
