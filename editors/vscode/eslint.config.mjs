import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["out/", "node_modules/"] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ["**/*.ts"] })),
  { files: ["**/*.ts"], languageOptions: { parserOptions: { projectService: true } } },
  { files: ["**/*.mjs"], languageOptions: { globals: { URL: "readonly" } } },
  {
    files: ["test/*.ts"],
    rules: { "@typescript-eslint/no-floating-promises": "off" }, // node's test() gives one that nobody awaits
  },
);
