const ENTITIES: ReadonlyMap<string, string> = new Map<string, string>([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** The text of an XMP property, as an element (with or without alternatives) or as an attribute; undefined if it is missing. */
export function xmpProperty(xmp: string, name: string): string | undefined {
  const content = between(xmp, `<${name}`, `</${name}>`);
  if (content !== undefined) {
    const inside = content.slice(content.indexOf('>') + 1);
    const item = between(inside, '<rdf:li', '</rdf:li>');
    return decoded(item === undefined ? inside : item.slice(item.indexOf('>') + 1));
  }
  for (const quote of ['"', "'"]) {
    const attribute = between(xmp, ` ${name}=${quote}`, quote) ?? between(xmp, `\n${name}=${quote}`, quote);
    if (attribute !== undefined) return decoded(attribute);
  }
  return undefined;
}

function between(text: string, start: string, end: string): string | undefined {
  const at = text.indexOf(start);
  const to = at < 0 ? -1 : text.indexOf(end, at + start.length);
  return to < 0 ? undefined : text.slice(at + start.length, to);
}

const decoded = (text: string): string =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES.get(name.toLowerCase()) ?? whole;
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
