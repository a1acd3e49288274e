/* What the official parser and ajv say of AsyncAPI documents.

asyncapi_ask.js parse FILE…   a line for each file: what the parser finds in it, [[severity, code, message, path], …]
asyncapi_ask.js values FILE   for each line [pointer, value] of standard input, a line: "" or why the schema at that place of the document refuses the value */
'use strict';
const fs = require('fs');
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n');

async function parse(files) {
  const { Parser } = require('@asyncapi/parser');
  for (const file of files) {
    const { document, diagnostics } = await new Parser().parse(fs.readFileSync(file, 'utf8'));
    const found = diagnostics.map((d) => [d.severity, d.code, d.message, d.path.join('/')]);
    say(document || found.length ? found : [[0, 'nothing', 'no document and no finding', '']]);
  }
}

function values(file) {
  const ajv = new (require('ajv'))({ strict: false, validateSchema: false });
  require('ajv-formats')(ajv);
  const document = JSON.parse(fs.readFileSync(file, 'utf8'));
  delete document.id;     // the application's, no schema's; ajv takes it for a word of draft 4
  ajv.addSchema(document, 'document');
  const compiled = new Map();
  for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const [pointer, value] = JSON.parse(line);
    if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: 'document#' + pointer }));
    const good = compiled.get(pointer);
    say(good(value) ? '' : ajv.errorsText(good.errors));
  }
}

const [what, ...files] = process.argv.slice(2);
if (what === 'parse') parse(files);
else values(files[0]);
