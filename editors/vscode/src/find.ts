/** Where the `flylint` command is. Knows nothing of VS Code, so that it can be tested without it. */

import { statSync } from "node:fs";
import * as path from "node:path";

/** What the search looks at. */
export interface Place {
  /** The setting `flylint.path`; "" when it is not set. */
  setting: string;
  /** The folders of the workspace. */
  folders: readonly string[];
  /** The variable PATH. */
  path: string;
  /** The home directory, for a setting that begins with `~`. */
  home: string;
  windows: boolean;
}

/** A command, or why there is none. */
export type Found = { command: string } | { problem: string };

const ENVIRONMENTS = [".venv", "venv"];

/** What to do when flylint is nowhere. */
export const INSTALL =
  "flylint is not installed: run `pip install 'flylint[lsp]'` in the workspace's virtual environment, " +
  "`pipx install 'flylint[lsp]'` or `uv tool install 'flylint[lsp]'`, or set `flylint.path`.";

/** The setting, else the command of a virtual environment of the workspace, else the one on the PATH. */
export function find(place: Place, isFile: (path: string) => boolean = exists): Found {
  if (place.setting !== "") {
    const command = resolved(place).find(isFile);
    return command === undefined
      ? { problem: `the setting flylint.path names \`${place.setting}\`, which is not a file.` }
      : { command };
  }
  const command = candidates(place).find(isFile);
  return command === undefined ? { problem: INSTALL } : { command };
}

/** The files that the setting can stand for. */
function resolved(place: Place): string[] {
  const { setting, folders, home, windows } = place;
  const system = windows ? path.win32 : path.posix;
  if (/^~[/\\]/.test(setting)) {
    return [system.join(home, setting.slice(2))];
  }
  if (system.isAbsolute(setting)) {
    return [setting];
  }
  if (/[/\\]/.test(setting) || setting.startsWith("${workspaceFolder}")) {
    const below = setting.replace(/^\$\{workspaceFolder\}[/\\]?/, "");
    return folders.map((folder) => system.join(folder, below));
  }
  return onPath(place, setting); // a bare name, such as flylint-dev
}

/** The files that can be the command when there is no setting. */
function candidates(place: Place): string[] {
  const { folders, windows } = place;
  const system = windows ? path.win32 : path.posix;
  const [bin, name] = windows ? ["Scripts", "flylint.exe"] : ["bin", "flylint"];
  return [
    ...folders.flatMap((folder) => ENVIRONMENTS.map((environment) => system.join(folder, environment, bin, name))),
    ...onPath(place, name),
  ];
}

/** Where a command can be on the PATH. A relative entry would depend on where VS Code was started. */
function onPath({ path: search, windows }: Place, name: string): string[] {
  const system = windows ? path.win32 : path.posix;
  return search
    .split(system.delimiter)
    .filter((entry) => system.isAbsolute(entry))
    .map((entry) => system.join(entry, name));
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
