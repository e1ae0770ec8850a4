/** As much of VS Code as the extension touches, and what it did to it. */

type Handler = (...args: unknown[]) => unknown;

export const said: { message: string; buttons: string[] }[] = [];
export const executed: unknown[][] = [];
export const handlers = new Map<string, Handler>();
export const settings = new Map<string, unknown>();
export const installed = new Set<string>();

/** The buttons that the user presses, in the order of the messages; `undefined` closes one. */
export const answers: (string | undefined)[] = [];

export function reset(): void {
  for (const known of [said, executed, answers]) {
    known.length = 0;
  }
  for (const known of [handlers, settings, installed]) {
    known.clear();
  }
}

function show(message: string, ...buttons: string[]): Promise<string | undefined> {
  said.push({ message, buttons });
  return Promise.resolve(answers.shift());
}

export const window = { showErrorMessage: show, showInformationMessage: show };

export const commands = {
  registerCommand(name: string, handler: Handler): object {
    handlers.set(name, handler);
    return {};
  },
  executeCommand(...call: unknown[]): Promise<void> {
    executed.push(call);
    return Promise.resolve();
  },
};

export const workspace: Record<string, unknown> = {
  workspaceFolders: undefined,
  getConfiguration: (section: string) => ({
    get: (key: string, missing: unknown) => settings.get(`${section}.${key}`) ?? missing,
    update: (key: string, value: unknown) => Promise.resolve(settings.set(`${section}.${key}`, value)),
  }),
  onDidChangeConfiguration(handler: Handler): object {
    handlers.set("configuration", handler);
    return {};
  },
};

export const extensions = { getExtension: (name: string) => (installed.has(name) ? {} : undefined) };

export const ConfigurationTarget = { Global: 1 };

export const Uri = { joinPath: (base: string, ...parts: string[]) => [base, ...parts].join("/") };
