/** Starts `flylint server` for the fly.toml files of a workspace. */

import { homedir } from "node:os";
import * as vscode from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { find } from "./find";

const DOCUMENTS = [
  ...["fly.toml", "fly.*.toml", "fly-*.toml"].map((name) => ({ scheme: "file", pattern: `**/${name}` })),
  { language: "fly-toml" },
];

/** The files that have the schema, as a key of the settings of Even Better TOML. */
const SCHEMA_FILES = "^(.*/)?fly([.-].*)?\\.toml$";

const SCHEMA_OFFERED = "schemaOffered";

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("flylint.restart", restart),
    vscode.commands.registerCommand("flylint.useSchema", () => associate(context.extensionUri)),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("flylint.path")) {
        await restart();
      }
    }),
  );
  if (SCHEMA_FILES in associations()) {
    await associate(context.extensionUri); // an update of this extension has moved the schema
  } else {
    void offerSchema(context);
  }
  await start();
}

/** Ask once whether Even Better TOML, where it is installed, is to know the schema. */
async function offerSchema(context: vscode.ExtensionContext): Promise<void> {
  const asked = context.globalState.get<boolean>(SCHEMA_OFFERED, false);
  if (asked || vscode.extensions.getExtension("tamasfe.even-better-toml") === undefined) {
    return;
  }
  const question = "flylint brings a schema of fly.toml. Shall Even Better TOML use it? (It is set in your user settings.)";
  const answer = await vscode.window.showInformationMessage(question, "Yes", "No");
  if (answer !== undefined) {
    await context.globalState.update(SCHEMA_OFFERED, true);
  }
  if (answer === "Yes") {
    await associate(context.extensionUri);
  }
}

/** Which schemas Even Better TOML takes for which files. */
function associations(): Record<string, unknown> {
  return vscode.workspace.getConfiguration("evenBetterToml.schema").get("associations", {});
}

/** Tell Even Better TOML, in the user's settings, where the schema of fly.toml is. */
async function associate(extension: vscode.Uri): Promise<void> {
  const schema = vscode.Uri.joinPath(extension, "out", "fly.schema.json").toString();
  const known = associations();
  if (known[SCHEMA_FILES] === schema) {
    return;
  }
  try {
    await vscode.workspace
      .getConfiguration("evenBetterToml.schema")
      .update("associations", { ...known, [SCHEMA_FILES]: schema }, vscode.ConfigurationTarget.Global);
  } catch {
    void vscode.window.showErrorMessage("Install Even Better TOML first: it is what the schema is for.");
  }
}

export async function deactivate(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function restart(): Promise<void> {
  await deactivate();
  await start();
}

async function start(): Promise<void> {
  const found = find({
    setting: vscode.workspace.getConfiguration("flylint").get("path", "").trim(),
    folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
    path: process.env["PATH"] ?? "",
    home: homedir(),
    windows: process.platform === "win32",
  });
  if ("problem" in found) {
    explain(found.problem);
    return;
  }
  const run = { command: found.command, args: ["server"] }; // a transport that is named adds `--stdio` to them
  client = new LanguageClient("flylint", "flylint", run, { documentSelector: DOCUMENTS });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const reason = error instanceof Error ? error.message : String(error);
    explain(`\`${found.command} server\` does not start (${reason}): is it installed as \`flylint[lsp]\`?`);
  }
}

/** Say what is missing, without waiting for an answer. */
function explain(problem: string): void {
  void vscode.window.showErrorMessage(problem, "Try again", "Open settings").then((answer) => {
    if (answer === "Try again") {
      void restart();
    } else if (answer === "Open settings") {
      void vscode.commands.executeCommand("workbench.action.openSettings", "flylint.path");
    }
  });
}
