/** A client that starts nothing. */

export const started: { command: string; args: string[] }[] = [];
export const stopped: string[] = [];

/** Set to make the next start fail. */
export const failure: { reason?: string } = {};

export const TransportKind = { stdio: 0 };

export class LanguageClient {
  constructor(
    readonly id: string,
    readonly name: string,
    readonly run: { command: string; args: string[] },
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
