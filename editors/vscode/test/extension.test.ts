import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import type { ExtensionContext } from "vscode";
import { activate, deactivate } from "../src/extension";
import { failure, started, stopped } from "./fakes/languageclient";
import { answers, executed, handlers, installed, reset, said, settings, workspace } from "./fakes/vscode";

const SCHEMA = "evenBetterToml.schema.associations";
const PATH = process.env["PATH"];
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "flylint-"));
  process.env["PATH"] = "";
  workspace["workspaceFolders"] = [{ uri: { fsPath: folder } }];
});

afterEach(async () => {
  await deactivate();
  rmSync(folder, { recursive: true });
  process.env["PATH"] = PATH;
  started.length = 0;
  stopped.length = 0;
  reset();
});

function install(): string {
  const bin = path.join(folder, ".venv", ...(process.platform === "win32" ? ["Scripts"] : ["bin"]));
  const command = path.join(bin, process.platform === "win32" ? "flylint.exe" : "flylint");
  mkdirSync(bin, { recursive: true });
  writeFileSync(command, "");
  chmodSync(command, 0o755);
  return command;
}

function start(asked = false): Promise<void> {
  const state = new Map([["schemaOffered", asked]]);
  const context = {
    subscriptions: [],
    extensionUri: "file:///extension",
    globalState: {
      get: (key: string) => state.get(key),
      update: (key: string, value: boolean) => Promise.resolve(state.set(key, value)),
    },
  };
  return activate(context as unknown as ExtensionContext);
}

/** What has been started without waiting for it goes on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("the server of the workspace's environment is started", async () => {
  const command = install();
  await start();
  assert.deepEqual(started, [{ command, args: ["server"] }]); // nothing else: a transport would add arguments
  assert.deepEqual(said, []);
});

test("what to do is said when flylint is missing, and tried again when asked to", async () => {
  answers.push("Try again");
  await start();
  install();
  assert.match(said[0]?.message ?? "", /pip install 'flylint\[lsp\]'.*flylint\.path/);
  assert.deepEqual(said[0]?.buttons, ["Try again", "Open settings"]);
  await settled();
  assert.equal(started.length, 1);
});

test("the settings are opened from the message", async () => {
  answers.push("Open settings");
  await start();
  await settled();
  assert.deepEqual(executed, [["workbench.action.openSettings", "flylint.path"]]);
});

test("a server that does not start is explained", async () => {
  install();
  failure.reason = "exit code 2";
  await start();
  assert.match(said[0]?.message ?? "", /does not start \(exit code 2\).*flylint\[lsp\]/);
});

test("another path restarts the server", async () => {
  const command = install();
  await start();
  settings.set("flylint.path", command);
  await handlers.get("configuration")?.({ affectsConfiguration: (name: string) => name === "flylint.path" });
  await handlers.get("configuration")?.({ affectsConfiguration: () => false });
  assert.deepEqual(stopped, [command]);
  assert.equal(started.length, 2);
});

test("Even Better TOML gets the schema when the user agrees", async () => {
  install();
  installed.add("tamasfe.even-better-toml");
  settings.set(SCHEMA, { other: "x" });
  answers.push("Yes");
  await start();
  await settled();
  const known = settings.get(SCHEMA) as Record<string, string>;
  const [pattern, schema] = Object.entries(known).find(([key]) => key !== "other") ?? ["", ""];
  assert.equal(known["other"], "x");
  assert.equal(schema, "file:///extension/out/fly.schema.json");
  for (const file of ["fly.toml", "/app/fly.toml", "/app/fly.staging.toml", "/app/fly-staging.toml"]) {
    assert.match(file, new RegExp(pattern));
  }
  assert.doesNotMatch("/app/butterfly.toml", new RegExp(pattern));
});

test("nobody is asked twice, or without Even Better TOML", async () => {
  install();
  await start();
  installed.add("tamasfe.even-better-toml");
  await start(true);
  await settled();
  assert.deepEqual(said, []);
  assert.equal(settings.get(SCHEMA), undefined);
});

test("a schema that an update has moved is followed", async () => {
  install();
  await handlers.get("flylint.useSchema")?.();
  installed.add("tamasfe.even-better-toml");
  await start();
  await handlers.get("flylint.useSchema")?.();
  const known = settings.get(SCHEMA) as Record<string, string>;
  for (const key of Object.keys(known)) {
    known[key] = "file:///older/fly.schema.json";
  }
  await start();
  assert.deepEqual(Object.values(settings.get(SCHEMA) as object), ["file:///extension/out/fly.schema.json"]);
});
