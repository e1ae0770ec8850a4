// The schema of fly.toml is part of the package, so that TOML extensions find it without a network.
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const schema = new URL("../../../schemas/fly.schema.json", import.meta.url);
const target = new URL("../out/fly.schema.json", import.meta.url);
mkdirSync(new URL(".", target), { recursive: true });
copyFileSync(fileURLToPath(schema), fileURLToPath(target));
