// ONNX Runtime reads this variable when its library is loaded. Without it, builds from 1.29 on report
// sessions and models to Microsoft, store a machine identifier and write files into the temporary folder.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
