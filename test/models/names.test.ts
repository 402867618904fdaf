import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.ts';
import { isEnumName, KNOWN_MODELS, nameModels } from '../../src/models/names.ts';
import { buildSchema, buildValidSchema } from '../../src/schema/index.ts';

const named = (files: readonly string[], remembered?: readonly { name: string; file: string }[]) =>
  nameModels(files, remembered)
    .slice(KNOWN_MODELS.length)
    .map(({ name, file }) => `${name} = ${file}`)
    .sort();
const path = (stem: string) => `${stem}.safetensors`;

describe('the names of models', () => {
  it('are numbered where no letter or digit is left of the file name', () => {
    expect(named(['日本語', '模型', '+', '-', '__'].map(path))).toEqual([
      'model = 日本語.safetensors',
      'model_2 = 模型.safetensors',
      'model_3 = +.safetensors',
      'model_4 = -.safetensors',
      'model_5 = __.safetensors',
    ]);
  });

  it('are different and valid for GraphQL, whatever the files are called', () => {
    const stems = [
      '__typename',
      '_',
      '0',
      '00',
      'true',
      'null',
      'false',
      'a b',
      'a-b',
      'a_b',
      'a__b',
      '-a',
      '_a',
    ];
    const hard = [
      'é',
      'ß',
      '🙂',
      'x\u0000y',
      ' ',
      '.',
      '..',
      '١٢٣',
      'a'.repeat(200),
      'model',
      'model_2',
      '模型v1',
      '日本v1',
    ];
    const files = [...stems, ...hard].flatMap((stem) => [path(stem), path(`x/${stem}`), path(`日/${stem}`)]);
    const entries = nameModels(files);
    const names = entries.map(({ name }) => name);
    expect(names.filter((name) => !isEnumName(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(entries.map(({ file }) => file)).size).toBe(files.length + KNOWN_MODELS.length);
    expect(() => buildValidSchema(entries)).not.toThrow();
  });

  it('belong first to the files that are called exactly so', () => {
    expect(named(['a b', 'a_b', 'a-b'].map(path))).toEqual([
      'a_b = a_b.safetensors',
      'a_b_2 = a b.safetensors',
      'a_b_3 = a-b.safetensors',
    ]);
    expect(named([path('model'), path('模型')])).toEqual([
      'model = model.safetensors',
      'model_2 = 模型.safetensors',
    ]);
  });

  it('stay with their files when others come', () => {
    const before = [
      { name: 'a_b', file: path('a b') },
      { name: 'mix', file: path('x/mix') },
    ];
    expect(named([path('a b'), path('a_b'), path('x/mix'), path('mix')], before)).toEqual([
      'a_b = a b.safetensors',
      'a_b_2 = a_b.safetensors',
      'mix = x/mix.safetensors',
      'mix_2 = mix.safetensors',
    ]);
  });

  it('are not given to other files when theirs is gone, but go with it where it was moved', () => {
    const before = [{ name: 'a_b', file: path('a_b') }];
    expect(named([path('a b')], before)).toEqual(['a_b_2 = a b.safetensors']);
    expect(named([path('moved/a_b'), path('a b')], before)).toEqual([
      'a_b = moved/a_b.safetensors',
      'a_b_2 = a b.safetensors',
    ]);
    const both = [
      { name: 'x_mix', file: path('x/mix') },
      { name: 'y_mix', file: path('y/mix') },
    ];
    expect(named([path('y/mix')], both)).toEqual(['y_mix = y/mix.safetensors']);
  });

  it('are one for each file, also where two are remembered', () => {
    const before = ['first', 'second'].map((name) => ({ name, file: path('mix') }));
    expect(named([path('mix')], before)).toEqual(['first = mix.safetensors']);
  });

  it('of known models stay with the place where they were found', () => {
    const elsewhere = { name: 'dreamshaper_8', file: path('loose/dreamshaper_8') };
    const known = KNOWN_MODELS.find(({ name }) => name === 'dreamshaper_8')!.file;
    expect(nameModels([known, elsewhere.file], [elsewhere])).toContainEqual(elsewhere);
    expect(nameModels([known], [elsewhere])).toContainEqual({ name: 'dreamshaper_8', file: known });
  });
});

describe('a schema with names that GraphQL does not take', () => {
  it.each(['__', '__typename', 'true', 'a b', ''])('%j is not served, and says why', (name) => {
    const serve = () => buildValidSchema([{ name, file: 'some.safetensors' }]);
    expect(serve).toThrow(ConfigError);
    expect(serve).toThrow(/The GraphQL schema of these models is not valid: /);
  });

  it('without any model is one all the same', () => {
    expect(buildSchema([]).getQueryType()?.name).toBe('Query');
  });
});
