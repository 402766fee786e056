// Type-checks every *.blocks.json, *.modal.json and *.home.json of a folder against Slack's own types. Lengths and counts are not in the types:
// the playground checks those. Usage: node check-blocks.mjs DIR
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { finish, check } from './playground.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
if (!folder) { console.error('usage: node check-blocks.mjs DIR'); process.exit(2); }

const kinds = { blocks: ['KnownBlock', 'KnownBlock[]'], modal: ['ModalView', 'ModalView'], home: ['HomeView', 'HomeView'] };
const sources = new Map();
for (const name of readdirSync(folder).sort()) {
  const [, kind] = /\.(blocks|modal|home)\.json$/.exec(name) ?? [];
  if (!kind) continue;
  const [imported, type] = kinds[kind];
  // the virtual file stands beside node_modules so that the import is found
  sources.set(join(here, `${name}.ts`), { name, text: `import type { ${imported} } from '@slack/types';\nconst sent: ${type} = ${readFileSync(join(resolve(folder), name), 'utf8')};\nexport default sent;\n` });
}

const options = { noEmit: true, strict: true, skipLibCheck: true, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: ['node'] };
const host = ts.createCompilerHost(options);
const { getSourceFile, fileExists, readFile } = host;
host.getSourceFile = (file, ...rest) => (sources.has(file) ? ts.createSourceFile(file, sources.get(file).text, ts.ScriptTarget.ES2022) : getSourceFile.call(host, file, ...rest));
host.fileExists = (file) => sources.has(file) || fileExists.call(host, file);
host.readFile = (file) => sources.get(file)?.text ?? readFile.call(host, file);

const program = ts.createProgram([...sources.keys()], options, host);
for (const [file, { name }] of sources) {
  await check(name, async () => {
    const source = program.getSourceFile(file);
    const faults = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    if (faults.length) throw new Error(faults.map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n')).join('\n'));
  });
}
if (sources.size === 0) console.log(`not ok ${folder} - holds no *.blocks.json, *.modal.json or *.home.json`);
finish();
