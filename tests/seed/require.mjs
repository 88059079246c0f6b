// The guide's example awaits at the top, as a module does, and requires, as a script does: loaded
// before it, this gives the module what it requires with.
import { createRequire } from 'node:module';

globalThis.require = createRequire(import.meta.url);
