/** A file that is there whole or not at all: written beside its place, and moved there when it is complete. */
import { access, constants, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, errorMessage } from '../../ledger-error.ts';

export interface NewFile {
  /** Where it is written until then. */
  readonly temporaryPath: string;
  /** @throws Error where somebody else has made the file meanwhile. */
  complete(): Promise<void>;
  /** After `complete`, it does nothing. */
  discard(): Promise<void>;
}

/**
 * Makes the folder and checks that the file can be written, before the work begins.
 * @throws Error that says what is in the way
 */
export async function newFile(target: string, options: { readonly force: boolean }): Promise<NewFile> {
  const folder = path.dirname(path.resolve(target));
  await prepareFolder(folder, target);
  await checkTarget(target, options.force);
  const temporaryPath = path.join(folder, `.${path.basename(target)}.${process.pid}.partial`);
  await rm(temporaryPath, { force: true });
  let done = false;
  return {
    temporaryPath,
    async complete() {
      const file = await open(temporaryPath, 'r+');
      await file.sync();
      await file.close();
      if (options.force) await rename(temporaryPath, target);
      else {
        // A link fails where the name is taken; a rename would replace it silently.
        await link(temporaryPath, target).catch((error: unknown) => {
          throw errorCode(error) === 'EEXIST' ? exists(target) : error;
        });
        await rm(temporaryPath);
      }
      done = true;
    },
    async discard() {
      if (!done) await rm(temporaryPath, { force: true });
    },
  };
}

const exists = (target: string): Error =>
  new Error(`${target} is there already. Give --force to replace it, or --out for another file.`);

async function prepareFolder(folder: string, target: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Error(
      `${target} cannot be written: the folder ${folder} ${reason(cause)}. Give --out for a file elsewhere.`,
      { cause },
    );
  }
}

function reason(error: unknown): string {
  const code = errorCode(error) ?? '';
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return 'is not writable';
  if (['ENOTDIR', 'EEXIST'].includes(code)) return 'is a file, or lies in one';
  return `cannot be used (${errorMessage(error)})`;
}

async function checkTarget(target: string, force: boolean): Promise<void> {
  const found = await stat(target).catch(() => null);
  if (found === null) return;
  if (!found.isFile()) throw new Error(`${target} is not a file. Give --out for a file elsewhere.`);
  if (!force) throw exists(target);
}
