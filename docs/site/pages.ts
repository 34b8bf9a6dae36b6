/** Files of the repository that stand elsewhere than in `docs/`, and their pages on the site. */
export const borrowedPages: Readonly<Record<string, string>> = {
  "sdk/README.md": "sdk.md",
  "worker/README.md": "worker.md",
  "queue/README.md": "queue.md",
  "examples/fire-detection/README.md": "examples/fire-detection.md",
  "examples/federated-learning/README.md": "examples/federated-learning.md",
};
