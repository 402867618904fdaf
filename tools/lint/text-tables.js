import ts from 'typescript';

/** A table in which texts are looked up is a Map: an object also answers for "constructor" and whatever else it inherits. */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      inherited: '{{table}} is looked up by a text, and inherited names count as well: use a Map.',
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
