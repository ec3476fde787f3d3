/** Builds the org's Lightning components for a browser: `node main.mjs <request.json>`, see bundles.py. Prints the manifest as JSON. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import lwc from '@lwc/rollup-plugin';
import { rollup } from 'rollup';

import { MODULES, PAGE, platform } from './platform.mjs';

// Base components import each other in circles, and compiled from TypeScript they have a `this` at their top.
const QUIET = new Set(['CIRCULAR_DEPENDENCY', 'THIS_IS_UNDEFINED']);

async function main() {
  const { source, output, cache, components, resources } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  const used = { labels: new Set(), customPermissions: new Set(), userPermissions: new Set() };
  const bundle = await rollup({
    input: PAGE,
    plugins: [platform({ components, resources, used }), compiler(source, cache)],
    onwarn: refuse,
  });
  const { output: files } = await bundle.write({
    dir: output,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: 'part-[hash].js',
    generatedCode: 'es2015',
  });
  await bundle.close();
  const named = Object.fromEntries(Object.entries(used).map(([name, found]) => [name, [...found].sort()]));
  const manifest = { entry: files.find((file) => file.isEntry).fileName, ...named };
  writeFileSync(path.join(output, 'manifest.json'), JSON.stringify(manifest));
}

/** What rollup only warns of, a page would fail by: a module nobody knows, a name that is not exported. */
function refuse(warning) {
  if (QUIET.has(warning.code)) return;
  if (warning.code === 'UNRESOLVED_IMPORT') {
    const importer = path.basename(warning.id ?? 'a component');
    throw new Error(`${importer} imports ${warning.exporter}, which the local org does not have`);
  }
  if (warning.code === 'MISSING_EXPORT') throw new Error(warning.message);
  if (warning.pluginCode?.startsWith('LWC')) process.stderr.write(`${warning.message}\n`);
}

/** LWC's compiler, which remembers on disk what it made of a file. */
function compiler(source, cache) {
  const plugin = lwc({
    rootDir: source,
    modules: [{ dir: source }, { dir: MODULES }, { npm: 'lightning-base-components' }],
    enableDynamicComponents: true,
  });
  mkdirSync(cache, { recursive: true });
  return {
    ...plugin,
    transform(code, id) {
      const key = createHash('sha256').update(`${plugin.version}\n${path.basename(path.dirname(id))}/${path.basename(id)}\n${code}`);
      const file = path.join(cache, `${key.digest('hex')}.json`);
      const known = read(file);
      if (known) return known.code === undefined ? null : known;
      const made = plugin.transform.call(this, code, id);
      writeFileSync(file, JSON.stringify(made ? { code: made.code } : {}));
      return made;
    },
  };
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

main().catch((problem) => {
  const where = problem.loc ? ` (${path.basename(problem.loc.file ?? '')}:${problem.loc.line})` : '';
  process.stderr.write(`${problem.message}${where}\n`);
  process.exitCode = 1;
});
