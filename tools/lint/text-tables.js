import ts from 'typescript';

/** Requires Maps for tables with string keys: an object also has inherited keys such as "constructor". */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      inherited: '{{table}} is indexed by a string, which also finds inherited names: use a Map.',
    },
  },
  create(context) {
    const { getTypeAtLocation } = context.sourceCode.parserServices;
    const isText = (type) =>
      type.isUnion() ? type.types.some(isText) : (type.flags & ts.TypeFlags.String) !== 0;
    return {
      'MemberExpression[computed=true][object.name=/^[A-Z][A-Z0-9_]*$/]'({ object, property }) {
        if (isText(getTypeAtLocation(property))) {
          context.report({ node: property, messageId: 'inherited', data: { table: object.name } });
        }
      },
    };
  },
};
