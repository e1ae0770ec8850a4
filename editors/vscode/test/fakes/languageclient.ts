/** A client that starts nothing. */

interface Run {
  command: string;
  args: string[];
}

export const started: Run[] = [];
export const stopped: string[] = [];

/** Set to make the next start fail. */
export const failure: { reason?: string } = {};

export class LanguageClient {
  constructor(
    readonly id: string,
    readonly name: string,
    readonly run: Run,
  ) {}

  start(): Promise<void> {
    const { reason } = failure;
    delete failure.reason;
    if (reason !== undefined) {
      return Promise.reject(new Error(reason));
    }
    started.push(this.run);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    stopped.push(this.run.command);
    return Promise.resolve();
  }
}
