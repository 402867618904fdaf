import { clipVocabulary } from '../../src/engine/text/clip-vocabulary.ts';

/**
 * `node --import tsx tools/starter/vocabulary.ts > vocab.json` writes CLIP's token ids, which the training's
 * export needs.
 */
console.log(JSON.stringify(Object.fromEntries(clipVocabulary().ids)));
