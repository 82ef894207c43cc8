// The compiler copies no Lua: put each script beside the module that reads it.
import { cp } from 'node:fs/promises';

await cp('src', 'dist', {
  recursive: true,
  filter: (source) => !/\.[a-z]+$/.test(source) || source.endsWith('.lua'),
});
